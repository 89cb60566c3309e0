// The control: our design for frames (scan the head, look up a cached plan, parse late) in plain JavaScript without a
// core. It shows how much of a gain comes from the design. It supports only events: no session, acks, binary packets or
// recovery.
import { FakeWebSocket } from "./fake-socket"

type Listener = (payload: unknown, event: { channel: string; args: unknown[] }) => void

const QUOTE = 34

export class Control {
  readonly socket = new FakeWebSocket("ws://bench.test/?EIO=4")
  readonly #listeners = new Map<string, Listener[]>()

  constructor() {
    this.socket.onmessage = ({ data }) => this.#take(data)
  }

  on(name: string, listener: Listener): void {
    const listeners = this.#listeners.get(name) ?? []
    this.#listeners.set(name, listeners)
    listeners.push(listener)
  }

  #take(frame: string): void {
    if (frame.charCodeAt(0) !== 52 || frame.charCodeAt(1) !== 50) return
    const start = frame.indexOf('"', 2) + 1
    let end = start
    while (end < frame.length && frame.charCodeAt(end) !== QUOTE) end++
    const name = frame.slice(start, end)
    const listeners = this.#listeners.get(name)
    if (!listeners) return
    const args = (JSON.parse(frame.slice(start - 2)) as unknown[]).slice(1)
    const event = { channel: name, args }
    for (const listener of listeners) {
      try {
        listener(args[0], event)
      } catch (error) {
        console.error(error)
      }
    }
  }
}
