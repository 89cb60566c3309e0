// Messages that come by the global bus, from whichever part of the page, and go by themselves. At most three are on
// screen. A message stays while somebody is reading it, longer if something can be done about it, and if it tells of an
// error until it is dismissed. A newer message about the same thing takes the place of the older.
import type { EventBus, GlobalEvent } from "raclette-wasm"
import { onScopeDispose, shallowRef } from "vue"

export type Tone = "success" | "error" | "info" | "yellow"

export interface Action {
  label: string
  run: () => void
}

/** The data of `ui/addToSnackbar`; `message` and `color` are raclette's. */
export interface Notice {
  /** Default: none; what was said about the same thing is taken back. */
  message?: unknown
  color?: unknown
  /** What the message is about. Default: itself. */
  about?: string
  /** What can be done about it. Default: nothing. */
  action?: Action | undefined
}

export interface Message {
  id: number
  text: string
  tone: Tone
  about: string
  action: Action | undefined
}

const MOST = 3
const tones: readonly string[] = ["success", "error", "info", "yellow"] satisfies Tone[]
const toneOf = (color: unknown): Tone => (tones.includes(color as string) ? (color as Tone) : "info")
const stay = ({ action }: Message) => (action ? 20_000 : 5_000)

function messageOf({ message, color, about, action }: Notice, id: number): Message {
  const text = String(message ?? "")
  return { id, text, tone: toneOf(color), about: about ?? text, action }
}

export function useSnackbar(bus: EventBus) {
  const messages = shallowRef<Message[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let nextId = 1
  let held = false

  function dismiss(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    messages.value = messages.value.filter((message) => message.id !== id)
  }

  function startTimer(message: Message): void {
    if (message.tone !== "error") timers.set(message.id, setTimeout(dismiss, stay(message), message.id))
  }

  function add(notice: Notice): void {
    const added = messageOf(notice, nextId++)
    const others = messages.value.filter((other) => other.about !== added.about)
    const kept = added.text === "" ? others : [...others.slice(1 - MOST), added]
    for (const { id } of messages.value) if (!kept.some((one) => one.id === id)) dismiss(id)
    messages.value = kept
    if (!held && kept.includes(added)) startTimer(added)
  }

  /** Nothing goes while `hold` is on; afterwards each message has its full time again. */
  function hold(on: boolean): void {
    held = on
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
    if (!on) messages.value.forEach(startTimer)
  }

  const stop = bus.global.on<GlobalEvent<Notice>>("ui/addToSnackbar", ({ data }) => add(data ?? {}))
  onScopeDispose(() => {
    stop()
    hold(true)
  })
  return { messages, dismiss, hold }
}
