// Messages from the global event bus. At most three are visible. A message disappears after 5 s, with an action after
// 20 s; errors stay until dismissed. No message disappears while the pointer or the focus is on the stack. A newer
// message replaces an older one with the same topic.
import type { EventBus, GlobalEvent } from "raclette-wasm"
import { onScopeDispose, shallowRef } from "vue"

export type Tone = "success" | "error" | "info" | "yellow"

export interface Action {
  label: string
  run: () => void
}

/** The data of `ui/addToSnackbar`. `message` and `color` are raclette.js' fields. */
export interface Notice {
  /** Default: none, which only removes the message with the same topic. */
  message?: unknown
  color?: unknown
  /** Default: the message itself. */
  topic?: string
  /** A button in the message. Default: none. */
  action?: Action | undefined
}

export interface Message {
  id: number
  text: string
  tone: Tone
  topic: string
  action: Action | undefined
}

const MAX_MESSAGES = 3
const tones: readonly string[] = ["success", "error", "info", "yellow"] satisfies Tone[]
const toneOf = (color: unknown): Tone => (tones.includes(color as string) ? (color as Tone) : "info")
const durationOf = ({ action }: Message) => (action ? 20_000 : 5_000)

function messageOf({ message, color, topic, action }: Notice, id: number): Message {
  const text = String(message ?? "")
  return { id, text, tone: toneOf(color), topic: topic ?? text, action }
}

export function useSnackbar(bus: EventBus) {
  const messages = shallowRef<Message[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let nextId = 1
  let isPaused = false

  function dismiss(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    messages.value = messages.value.filter((message) => message.id !== id)
  }

  function startTimer(message: Message): void {
    if (message.tone !== "error") timers.set(message.id, setTimeout(dismiss, durationOf(message), message.id))
  }

  function add(notice: Notice): void {
    const added = messageOf(notice, nextId++)
    const others = messages.value.filter((other) => other.topic !== added.topic)
    const kept = added.text === "" ? others : [...others.slice(1 - MAX_MESSAGES), added]
    for (const { id } of messages.value) if (!kept.some((one) => one.id === id)) dismiss(id)
    messages.value = kept
    if (!isPaused && kept.includes(added)) startTimer(added)
  }

  /** Stops or restarts the timers. After a pause each message has its full time again. */
  function pause(on: boolean): void {
    isPaused = on
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
    if (!on) messages.value.forEach(startTimer)
  }

  const stop = bus.global.on<GlobalEvent<Notice>>("ui/addToSnackbar", ({ data }) => add(data ?? {}))
  onScopeDispose(() => {
    stop()
    pause(true)
  })
  return { messages, dismiss, pause }
}
