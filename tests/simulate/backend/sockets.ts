// The Socket.IO side of the model backend: Engine.IO sessions over a wire, sessions of the main namespace, events to
// rooms, recovery of sessions by the log of events, acks, and sockets that end with their token. Source: the Engine.IO
// 4 and Socket.IO 5 protocols.
import { EPOCH } from "../platform/browser"
import type { Clock, Task } from "../platform/clock"
import type { Settings } from "../settings"
import type { Tokens } from "./tokens"

/** The server's end of a connection. */
export interface Wire {
  send(frame: string): void
  close(): void
  /** Whether it polls, so that its session may be upgraded. */
  readonly mayMove?: boolean
}

/** The server's state of a connection. */
export interface Receiver {
  readonly engineId: string
  text(frame: string): void
  /** Called when the server notices the end of the connection. */
  gone(): void
  /** Moves the session to another connection. */
  moveTo(wire: Wire): void
}

interface LoggedEvent {
  offset: string
  room: string
  args: unknown[]
}

interface Kept {
  pid: string
  user: string
  sid: string
  until: number
}

/** The clients' emits, in order of arrival. */
export interface HeardEmit {
  event: string
  args: unknown[]
  user: string
}

const MAX_AWAY = 120_000
const YEAST = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

export class Sockets {
  readonly heard: HeardEmit[] = []
  /** The numbers of the events of each room, in the order of sending. */
  readonly sent: { no: number; room: string }[] = []
  /** The number of the last event. */
  commit = EPOCH * 1000
  readonly #sessions = new Set<Session>()
  readonly #kept = new Map<string, Kept>()
  #log: LoggedEvent[] = []
  #count = 0
  #lastOffset = 0

  constructor(
    readonly clock: Clock,
    readonly settings: Settings,
    readonly tokens: Tokens,
  ) {}

  accept(wire: Wire): Receiver {
    return new Session(this, wire, `e${++this.#count}`)
  }

  /** Emits to all sockets in a room. */
  broadcast(room: string, event: string, payload: object): void {
    this.commit++
    const no = this.sent.length + 1
    this.sent.push({ no, room })
    const times = this.settings.repeatsEvents && no % 3 === 0 ? 2 : 1
    for (let i = 0; i < times; i++) this.#emit(room, [event, { ...payload, no }], (one) => one.rooms.includes(room))
  }

  /** Restarts the process. */
  restart(keepsSessions: boolean): void {
    const sessions = [...this.#sessions]
    if (!keepsSessions) {
      this.#log = []
      this.#kept.clear()
    }
    for (const session of sessions) session.end(keepsSessions)
    if (!keepsSessions) this.commit += 1000
  }

  get connected(): number {
    return this.#sessions.size
  }

  /** Connects a session, recovered if possible. */
  enter(session: Session, { pid, offset }: { pid?: string; offset?: string }): void {
    const kept = pid === undefined ? undefined : this.#kept.get(pid)
    const at = this.#log.findIndex((event) => event.offset === offset)
    const isRecovered = kept !== undefined && at >= 0 && kept.until > this.clock.now && kept.user === session.user
    session.sid = isRecovered ? kept.sid : `s${++this.#count}`
    session.pid = isRecovered ? kept.pid : `p${this.#count}`
    this.#sessions.add(session)
    session.connected(this.settings.hasRecovery)
    if (isRecovered) {
      this.#kept.delete(kept.pid)
      for (const event of this.#log.slice(at + 1)) {
        if (session.rooms.includes(event.room)) session.event([...event.args, event.offset])
      }
    }
    const commit = this.settings.hasCommits ? { commit: this.commit } : {}
    this.#emit(session.sid, ["raclette--connected", commit], (other) => other === session)
  }

  leave(session: Session, isKept: boolean): void {
    if (!this.#sessions.delete(session) || !isKept || !this.settings.hasRecovery) return
    const { pid, user = "", sid } = session
    this.#kept.set(pid, { pid, user, sid, until: this.clock.now + MAX_AWAY })
  }

  #emit(room: string, args: unknown[], hears: (session: Session) => boolean): void {
    if (!this.settings.hasRecovery) {
      for (const session of this.#sessions) if (hears(session)) session.event(args)
      return
    }
    const offset = this.#nextOffset()
    this.#log.push({ offset, room, args })
    for (const session of this.#sessions) if (hears(session)) session.event([...args, offset])
  }

  #nextOffset(): string {
    this.#lastOffset = Math.max(this.#lastOffset + 1, Math.floor(EPOCH + this.clock.now))
    let text = ""
    for (let left = this.#lastOffset; left > 0; left = Math.floor(left / 64)) text = YEAST.charAt(left % 64) + text
    return text
  }
}

class Session implements Receiver {
  sid = ""
  pid = ""
  user: string | undefined
  rooms: string[] = []
  #isOver = false
  #isPending = true
  #token: unknown
  #ping: Task | undefined
  #patience: Task | undefined
  #expiry: Task | undefined

  constructor(
    readonly sockets: Sockets,
    public wire: Wire,
    readonly engineId: string,
  ) {
    const { pingInterval, pingTimeout, hasUpgrades } = sockets.settings
    const upgrades = hasUpgrades && wire.mayMove ? ["websocket"] : []
    const handshake = { sid: engineId, upgrades, pingInterval, pingTimeout, maxPayload: 1_000_000 }
    wire.send(`0${JSON.stringify(handshake)}`)
    this.#pingLater()
    this.#patience = sockets.clock.after(10_000, () => this.end(false))
  }

  text(frame: string): void {
    if (this.#isOver) return
    if (frame === "3") this.#pingLater()
    else if (frame.startsWith("40")) this.#connect(frame.slice(2))
    else if (frame.startsWith("42")) this.#emitted(frame.slice(2))
    else if (frame.startsWith("41")) this.sockets.leave(this, false)
    else if (frame === "1") this.end(false)
  }

  gone(): void {
    this.#finish(true)
  }

  moveTo(wire: Wire): void {
    this.wire = wire
  }

  /** Closes the connection from the server's side. */
  end(isKept: boolean): void {
    if (this.#isOver) return
    this.#finish(isKept)
    this.wire.close()
  }

  connected(hasRecovery: boolean): void {
    this.#send(`40${JSON.stringify(hasRecovery ? { sid: this.sid, pid: this.pid } : { sid: this.sid })}`)
  }

  event(args: unknown[]): void {
    this.#send(`42${JSON.stringify(args)}`)
  }

  #finish(isKept: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const task of [this.#ping, this.#patience, this.#expiry]) this.sockets.clock.cancel(task)
    this.sockets.leave(this, isKept)
  }

  #connect(text: string): void {
    const auth = JSON.parse(text || "{}") as { token?: string; pid?: string; offset?: string }
    const user = this.sockets.tokens.userOf(auth.token)
    if (!this.#isPending) return
    if (user === undefined) {
      this.#send(`44${JSON.stringify({ message: "the token is not valid", data: { code: "UNAUTHORIZED" } })}`)
      return
    }
    this.#isPending = false
    this.sockets.clock.cancel(this.#patience)
    this.#let(user, auth.token)
    this.sockets.enter(this, auth)
  }

  #let(user: string, token: unknown): void {
    this.user = user
    this.rooms = ["all", `user:${user}`]
    this.#token = token
    this.#watchToken()
  }

  #watchToken(): void {
    const { clock, tokens } = this.sockets
    clock.cancel(this.#expiry)
    const left = (tokens.endOf(this.#token) ?? 0) - clock.now
    if (left > 0) {
      this.#expiry = clock.after(Math.min(left, 5000), () => this.#watchToken())
      return
    }
    this.event(["raclette--tokenExpired", { code: "TOKEN_EXPIRED" }])
    this.end(false)
  }

  #emitted(text: string): void {
    if (this.user === undefined || this.#isPending) return
    const [, id = "", json = "[]"] = /^(\d*)(.*)$/s.exec(text) ?? []
    const [event, ...args] = JSON.parse(json) as [string, ...unknown[]]
    if (event === "raclette--auth") {
      this.#renew(args[0], id)
      return
    }
    this.sockets.heard.push({ event, args, user: this.user })
    if (id !== "" && event !== "silence") this.#send(`43${id}${JSON.stringify([`heard ${args[0]}`])}`)
  }

  #renew(given: unknown, id: string): void {
    const { token } = (given ?? {}) as { token?: string }
    const isOk = this.sockets.tokens.userOf(token) === this.user
    if (isOk) this.#let(this.user as string, token)
    this.#send(`43${id}${JSON.stringify([{ ok: isOk }])}`)
  }

  #pingLater(): void {
    const { clock, settings } = this.sockets
    clock.cancel(this.#ping)
    this.#ping = clock.after(settings.pingInterval, () => {
      this.#send("2")
      this.#ping = clock.after(settings.pingTimeout, () => this.end(true))
    })
  }

  #send(frame: string): void {
    if (!this.#isOver) this.wire.send(frame)
  }
}
