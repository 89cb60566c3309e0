// The last events as they came, newest first. Text is made when an event arrives and is cut there, so the page holds
// a bounded amount whatever the backend sends.
import type { BroadcastPayload } from "raclette-wasm"
import type { VuePluginApi } from "raclette-wasm/vue"
import { onScopeDispose, shallowRef } from "vue"
import { isolate } from "./text"

export interface LoggedEvent {
  id: number
  time: Date
  channelKey: string
  channel: string
  /** What the payload says, on one line. */
  line: string
  /** The payload, indented. */
  text: string
}

const MOST = 50
const LONGEST_LINE = 160
const LONGEST_TEXT = 4000

const cut = (text: string, longest: number) => (text.length > longest ? `${text.slice(0, longest)}…` : text)

const nameOf = (item: { name?: string; _id?: string }) => isolate(item?.name ?? item?._id ?? JSON.stringify(item))

/** Type and names of an operation's payload; of any other payload, the payload. */
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
      line: cut(summary(payload), LONGEST_LINE),
      text: cut(JSON.stringify(payload, undefined, 2) ?? "", LONGEST_TEXT),
    }
    events.value = [event, ...events.value.slice(0, MOST - 1)]
  })
  onScopeDispose(stop)

  const clear = () => {
    events.value = []
  }
  return { events, total, clear }
}
