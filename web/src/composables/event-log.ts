// The last events, newest first. Their text is created and truncated on arrival, so that memory stays bounded whatever
// the backend sends.
import type { BroadcastPayload } from "raclette-wasm"
import type { VuePluginApi } from "raclette-wasm/vue"
import { onScopeDispose, shallowRef } from "vue"
import { isolate } from "./text"

export interface LoggedEvent {
  id: number
  time: Date
  channelKey: string
  channel: string
  /** A summary of the payload in one line. */
  line: string
  /** The payload as indented JSON. */
  text: string
}

const MAX_EVENTS = 50
const MAX_LINE = 160
const MAX_TEXT = 4000

const truncate = (text: string, max: number) => (text.length > max ? `${text.slice(0, max)}…` : text)

const nameOf = (item: { name?: string; _id?: string }) => isolate(item?.name ?? item?._id ?? JSON.stringify(item))

/** Type and item names of an operation's payload. Other payloads as JSON. */
function summary(payload: Partial<BroadcastPayload> | undefined): string {
  const items = payload?.body?.items
  if (!payload?.type || !Array.isArray(items)) return JSON.stringify(payload) ?? ""
  return `${payload.type}: ${items.map(nameOf).join(", ")}`
}

export function useEventLog(socket: VuePluginApi["$socket"]) {
  const events = shallowRef<LoggedEvent[]>([])
  const total = shallowRef(0)

  const stop = socket.onAny((payload, { channel, channelKey }) => {
    total.value += 1
    const event = {
      id: total.value,
      time: new Date(),
      channelKey,
      channel,
      line: truncate(summary(payload), MAX_LINE),
      text: truncate(JSON.stringify(payload, undefined, 2) ?? "", MAX_TEXT),
    }
    events.value = [event, ...events.value.slice(0, MAX_EVENTS - 1)]
  })
  onScopeDispose(stop)

  const clear = () => {
    events.value = []
  }
  return { events, total, clear }
}
