// Messages that come by the global bus, from whichever part of the page, and go by themselves. At most three are on
// screen; a message stays while somebody is reading it, and an error stays longer.
import type { EventBus, GlobalEvent } from "raclette-wasm"
import { onScopeDispose, shallowRef } from "vue"

export type Tone = "success" | "error" | "info" | "yellow"

export interface Message {
  id: number
  text: string
  tone: Tone
}

const MOST = 3
const tones: readonly string[] = ["success", "error", "info", "yellow"] satisfies Tone[]
const toneOf = (color: unknown): Tone => (tones.includes(color as string) ? (color as Tone) : "info")
const stay = (tone: Tone) => (tone === "error" ? 10_000 : 5_000)

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

  function startTimer({ id, tone }: Message): void {
    timers.set(
      id,
      setTimeout(() => dismiss(id), stay(tone)),
    )
  }

  function add(text: string, tone: Tone): void {
    const message = { id: nextId++, text, tone }
    for (const { id } of messages.value.slice(0, -(MOST - 1))) dismiss(id)
    messages.value = [...messages.value, message]
    if (!held) startTimer(message)
  }

  /** Nothing goes while `hold` is on; afterwards each message has its full time again. */
  function hold(on: boolean): void {
    held = on
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
    if (!on) messages.value.forEach(startTimer)
  }

  const stop = bus.global.on<GlobalEvent<{ message?: unknown; color?: unknown }>>("ui/addToSnackbar", ({ data }) => {
    add(String(data?.message ?? ""), toneOf(data?.color))
  })
  onScopeDispose(() => {
    stop()
    hold(true)
  })
  return { messages, dismiss, hold }
}
