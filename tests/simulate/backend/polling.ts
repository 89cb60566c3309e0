// Long-polling sessions of the model backend: frames wait until they are polled, one poll waits until there are frames,
// and a session whose poll was cut off is over. A session may go on over a WebSocket: while that is tried, no poll
// waits. Source: Engine.IO protocol v4, "HTTP long-polling" and "Upgrade".
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

  /** Responds to a request, now or later. */
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

  /** Called when the client aborts a request. */
  cutOff({ method, url }: ApiRequest): void {
    const sid = partsOf(url)[1].get("sid")
    const wire = sid === null ? undefined : this.#sessions.get(sid)
    if (method === "GET" && wire?.isPolled) wire.gone()
  }

  /** Starts the upgrade of a polling session; undefined if there is no such session. */
  upgrade(sid: string, to: Wire): Upgrade | undefined {
    const wire = this.#sessions.get(sid)
    return wire && new Upgrade(wire, to)
  }

  /** Forgets all sessions, since their process has ended. */
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

/** The WebSocket of an upgrade, and of the session after it. */
class Upgrade {
  readonly #from: PollingWire
  readonly #to: Wire
  #isDone = false

  constructor(from: PollingWire, to: Wire) {
    this.#from = from
    this.#to = to
  }

  text(frame: string): void {
    if (this.#isDone) this.#from.receiver?.text(frame)
    else if (frame === "2probe") {
      this.#to.send("3probe")
      this.#from.isPausing = true
    } else if (frame === "5") {
      this.#isDone = true
      this.#from.moveTo(this.#to)
    }
  }

  gone(): void {
    if (this.#isDone) this.#from.receiver?.gone()
    else this.#from.isPausing = false
  }
}

class PollingWire implements Wire {
  readonly mayMove = true
  receiver: Receiver | undefined
  readonly #forget: (sid: string) => void
  #frames: string[] = []
  #respond: Respond | undefined
  #isPausing = false

  constructor(forget: (sid: string) => void) {
    this.#forget = forget
  }

  get isPolled(): boolean {
    return this.#respond !== undefined
  }

  /** Whether an upgrade is in progress, so that polls return at once. */
  set isPausing(value: boolean) {
    this.#isPausing = value
    this.#flush()
  }

  moveTo(wire: Wire): void {
    this.#forget(this.receiver?.engineId ?? "")
    this.receiver?.moveTo(wire)
    for (const frame of this.#frames.splice(0)) wire.send(frame)
    this.isPausing = true
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
    if (!respond || (this.#frames.length === 0 && !this.#isPausing)) return
    const frames = this.#frames.length > 0 ? this.#frames : ["6"]
    this.#frames = []
    this.#respond = undefined
    respond(text(frames.join(SEPARATOR)))
  }
}
