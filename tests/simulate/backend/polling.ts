// Long-polling sessions of the model backend: frames wait until they are polled, one poll waits until there are frames, and
// a session whose poll was cut off is over.
// Source: Engine.IO protocol v4, "HTTP long-polling".
import { type ApiAnswer, type ApiRequest, partsOf, refusal } from "./api"
import type { Receiver, Sockets, Wire } from "./sockets"

type Respond = (answer: ApiAnswer) => void

const SEPARATOR = "\x1e"
const text = (body: string): ApiAnswer => ({ status: 200, body, headers: {} })

export class PollingSessions {
  readonly #sessions = new Map<string, PollingWire>()
  readonly #sockets: Sockets

  constructor(sockets: Sockets) {
    this.#sockets = sockets
  }

  /** Answers a request, now or later. */
  handle({ method, url, body }: ApiRequest, respond: Respond): void {
    const sid = partsOf(url)[1].get("sid")
    const wire = sid === null ? this.#open() : this.#sessions.get(sid)
    if (!wire) respond(refusal(400, "Session ID unknown"))
    else if (method === "GET") wire.poll(respond)
    else {
      for (const frame of (body ?? "").split(SEPARATOR)) wire.receiver?.text(frame)
      respond(text("ok"))
    }
  }

  /** A request that was waited for was given up by its client. */
  cutOff({ method, url }: ApiRequest): void {
    const sid = partsOf(url)[1].get("sid")
    const wire = sid === null ? undefined : this.#sessions.get(sid)
    if (method === "GET" && wire?.isPolled) wire.gone()
  }

  /** A process that is gone knows no session. */
  clear(): void {
    for (const wire of this.#sessions.values()) wire.close()
    this.#sessions.clear()
  }

  #open(): PollingWire {
    const wire = new PollingWire((sid) => this.#sessions.delete(sid))
    wire.receiver = this.#sockets.accept(wire)
    this.#sessions.set(wire.receiver.engineId, wire)
    return wire
  }
}

class PollingWire implements Wire {
  receiver: Receiver | undefined
  readonly #forget: (sid: string) => void
  #frames: string[] = []
  #respond: Respond | undefined

  constructor(forget: (sid: string) => void) {
    this.#forget = forget
  }

  get isPolled(): boolean {
    return this.#respond !== undefined
  }

  send(frame: string): void {
    this.#frames.push(frame)
    this.#flush()
  }

  poll(respond: Respond): void {
    if (this.#respond) {
      respond(refusal(400, "overlap from client"))
      this.gone()
      return
    }
    this.#respond = respond
    this.#flush()
  }

  close(): void {
    this.send("1")
    this.#forget(this.receiver?.engineId ?? "")
  }

  gone(): void {
    this.#forget(this.receiver?.engineId ?? "")
    this.#respond = undefined
    this.receiver?.gone()
  }

  #flush(): void {
    const respond = this.#respond
    if (!respond || this.#frames.length === 0) return
    const frames = this.#frames
    this.#frames = []
    this.#respond = undefined
    respond(text(frames.join(SEPARATOR)))
  }
}
