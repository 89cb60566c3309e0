// The pump is the only place where the core is entered. Each entry (a frame, a timer, an API call) passes the current
// time. The pump then drains the core's effects and carries them out in order. User code runs last, with no frame of
// the core on the stack. So a callback may call anything, even `dispose`.
//
// Order: first effects for drivers, as the core gave them; then `jobs` (changes of state and user callbacks) in order
// of arrival. An entry from within a callback makes its own and all pending changes of state before it returns, so
// state is visible at once, and older state never replaces newer. The callbacks that it causes run later.

import { type CoreModule, lifecycleEvents } from "../core/core-module"
import type { Auth, TransportName } from "../types"
import type { Drivers, Transport } from "../types/drivers"
import { codeNumber, type ErrorCode, messageOf } from "../types/errors"
import { askAuth } from "./ask-auth"
import { Changes } from "./changes"
import { readConnectError } from "./connect-error"
import { Credentials, type CredentialsObject } from "./credentials"
import {
  drainEffects,
  type Effect,
  type Effects,
  type PersistEffect,
  type ProgressEffect,
  type SettledEffect,
  type StatusEffect,
} from "./effects"
import { type EventReceiver, Frames } from "./frames"
import { type Job, Jobs } from "./jobs"
import { LogicalClock } from "./logical-clock"
import { membersOf, type OutgoingPayload } from "./payload"
import { type RequestOptions, Requests } from "./requests"
import { isTransient } from "./transient"
import { type KeptAnswer, Values } from "./values"

/** The API's handlers. Unless noted otherwise, each is called as a job or change of state, after the drain. */
export interface PumpHost {
  /** Receivers of events, by namespace number. */
  readonly receivers: readonly (EventReceiver | undefined)[]
  ack(ack: number, args: unknown[]): void
  ackFailed(ack: number, code: ErrorCode, detail: string): void
  emitOver(emit: number): void
  /** `receiver`: that of the namespace. `data`: see its `setStatus`. */
  status(receiver: EventReceiver, effect: StatusEffect, data: unknown): void
  buffered(count: number, bytes: number): void
  progress(effect: ProgressEffect): void
  queryLoading(query: number, execution: number, quiet: boolean): void
  /** `began`: when the request began, in logical time; 0 if unknown. */
  querySettled(effect: SettledEffect, response: unknown, began: number): void
  listenerExpired(listener: number): void
  report(code: ErrorCode, detail: string): void
  /** A mutation waits for the network; see KeepMutation and ForgetMutation of effect.h. */
  persistMutation(effect: PersistEffect, response: unknown): void
  removeMutation(key: string): void
  /** Called at once, not as a job: the next handler may execute the query again. See QueryRetired of effect.h. */
  queryRetired(query: number, retired: { due: boolean; seen: number }): void
}

/** The state of one namespace. It outlives the number, because `auth` may answer after the namespace was left. */
interface JoinedNamespace {
  credentials: Credentials
  /** The credentials of the last connection. */
  sentWith?: CredentialsObject | undefined
  /** The last refusal of the server. */
  refusal?: unknown
  isLeft: boolean
}

/** How each kind of effect is carried out. */
type Handlers = { [Type in keyof Effects]: (effect: Effect<Type>) => void }

export class Pump {
  readonly core: CoreModule
  readonly runtime: number
  readonly payloads = new Values<OutgoingPayload>()
  readonly clock = new LogicalClock()
  readonly changes = new Changes()
  /** Whether the current call follows from an event of the server; see `Caller` of query.h. */
  followsEvent = false
  readonly responses = new Values<KeptAnswer>()
  readonly #drivers: Drivers
  readonly #host: PumpHost
  readonly #credentials: Credentials
  readonly #requests: Requests
  readonly #frames: Frames
  readonly #transports = new Map<number, Transport>()
  readonly #namespaces = new Map<number, JoinedNamespace>()
  readonly #unwatch: () => void
  #timer: { handle: unknown; at: number } | undefined
  readonly #handlers: Handlers
  readonly #jobs = new Jobs()
  /** Counts users: answers for one user are not used for the next. */
  #users = 0
  #late: Job[] | undefined // entries of drivers that answered while effects were being carried out
  #disposed = false

  constructor(core: CoreModule, runtime: number, drivers: Drivers, auth: Auth | undefined, host: PumpHost) {
    this.core = core
    this.runtime = runtime
    this.#drivers = drivers
    this.#host = host
    this.#credentials = this.#credentialsOf(auth, "auth", () => this.#disposed)
    this.join(0)
    this.#requests = new Requests(drivers.startFetch, this.#credentials, {
      done: (fetch, status, response, retryAfter, commit) => {
        const began = this.clock.ended(fetch)
        const body = this.#keep(response, began)
        this.input((now) => core.rac_fetch_done(runtime, fetch, status, body, retryAfter, commit, now))
      },
      failed: (fetch, code, status, response, retryAfter) => {
        this.clock.ended(fetch)
        this.input((now) =>
          core.rac_fetch_failed(runtime, fetch, codeNumber(code), status, this.#keep(response), retryAfter, now),
        )
      },
    })
    this.#handlers = this.#makeHandlers(host)
    this.#frames = new Frames(core, runtime, drivers.timers, {
      receivers: host.receivers,
      jobs: this.#jobs,
      ack: (ack, args) => this.#jobs.add(() => host.ack(ack, args)),
      ackRefused: (ack, detail) => this.#jobs.add(() => host.ackFailed(ack, "SOCKET_BAD_PAYLOAD", detail)),
      refused: (connection, detail) => core.payloadRefused(runtime, connection, detail, drivers.timers.now()),
      connectError: (nspId, payload) => {
        const { message, data } = readConnectError(payload)
        const refused = this.#namespaces.get(nspId)
        if (refused) refused.refusal = data
        core.connectError(runtime, nspId, message, drivers.timers.now())
      },
    })
    this.#unwatch = drivers.watchLifecycle((event) =>
      this.input((now) => core.rac_lifecycle(runtime, lifecycleEvents.indexOf(event), now)),
    )
  }

  get disposed(): boolean {
    return this.#disposed
  }

  /** The current time of the runtime's clock. */
  now(): number {
    return this.#drivers.timers.now()
  }

  /** The namespace `name` is used under this number. `auth`: its own credentials, which replace the default ones. */
  join(nspId: number, name?: string, auth?: Auth): void {
    const joined = this.#namespaces.get(nspId) ?? { credentials: this.#credentials, isLeft: false }
    this.#namespaces.set(nspId, joined)
    if (auth) joined.credentials = this.#credentialsOf(auth, `auth ${name}`, () => this.#disposed || joined.isLeft)
  }

  /** The namespace is no longer used. */
  leave(nspId: number): void {
    const left = this.#namespaces.get(nspId)
    if (left) left.isLeft = true
    this.#namespaces.delete(nspId)
    this.enter((now) => this.core.rac_close_namespace(this.runtime, nspId, now))
  }

  #credentialsOf(auth: Auth | undefined, what: string, isOver: () => boolean): Credentials {
    return new Credentials(askAuth(auth, this.#drivers.acquireLock, what, isOver))
  }

  /** Enters the core with an API call, carries out the effects, and returns the call's result. */
  enter<T>(call: (now: number) => T, now = this.now()): T {
    this.changes.tell()
    const result = call(now)
    if (this.core.rac_is_busy(this.runtime) === 1) this.#settle()
    else this.#jobs.run()
    return result
  }

  /** Runs a user callback now, or after the one that is running. */
  call(job: Job): void {
    this.#jobs.add(job)
    this.#jobs.run()
  }

  /** Enters the core with a driver's report. */
  input(call: (now: number) => void): void {
    if (this.#disposed) return
    if (this.#late) this.#late.push(() => this.input(call))
    else this.enter(call)
  }

  /** Enters the core with a frame. Most frames only call listeners. */
  #frame(connection: number, frame: string | ArrayBuffer): void {
    if (this.#disposed) return
    if (this.#late) return void this.#late.push(() => this.#frame(connection, frame))
    this.changes.tell()
    const isBusy =
      typeof frame === "string" ? this.#frames.text(connection, frame) : this.#frames.binary(connection, frame)
    if (isBusy) this.#settle()
    else this.#jobs.run()
  }

  /** The user has changed. Drops the previous user's credentials, including pending answers of `auth`. */
  changeUser(): void {
    this.#users++
    this.#credentials.reset()
    for (const joined of this.#namespaces.values()) {
      if (joined.credentials !== this.#credentials) joined.credentials.reset()
      joined.sentWith = undefined
    }
    this.#requests.reset()
  }

  /** Stops everything and releases what the core holds. */
  dispose(): void {
    this.#disposed = true
    this.#jobs.end()
    this.#requests.abortAll()
    this.#unwatch()
    for (const transport of this.#transports.values()) transport.close()
    this.#transports.clear()
    this.#clearTimer()
    this.core.rac_dispose(this.runtime)
    this.payloads.clear()
    this.responses.clear()
  }

  /** Renews the credentials before the server refuses them. Undefined if the user has changed since. */
  async renewAuth(): Promise<CredentialsObject | undefined> {
    const credentials = await this.#credentials.renew("renewAuth() was called")
    return this.#credentials.known === credentials ? credentials : undefined
  }

  /** The session of the main namespace continues with these credentials. */
  connectedWith(credentials: CredentialsObject): void {
    const main = this.#namespaces.get(0)
    if (main) main.sentWith = credentials
  }

  /** Sets how the requests of a query are made. `PLAIN` resets it, also when the query is gone. */
  setRequestOptions(query: number, options: RequestOptions): void {
    this.#requests.setOptions(query, options)
  }

  /** Aborts a query's streams. For the core, their requests have ended. */
  abortStreams(query: number): void {
    this.#requests.abortStreams(query)
  }

  #keep(body: unknown, began = 0): number {
    return body === undefined ? 0 : this.responses.add({ body, began })
  }

  #settle(): void {
    const late: Job[] = []
    this.#late = late
    for (const effect of drainEffects(this.core, this.runtime)) this.#carryOut(effect)
    this.#late = undefined
    this.#armTimer()
    this.#jobs.run()
    for (const entry of late) entry()
  }

  /** Carries out one effect. An exception from a driver does not stop the others. */
  #carryOut<E extends Effect>(effect: E): void {
    const carryOut = this.#handlers[effect.type] as (effect: E) => void
    try {
      carryOut(effect)
    } catch (error) {
      this.#jobs.add(() => this.#host.report("BAD_ARGUMENT", `a driver threw in ${effect.type}: ${messageOf(error)}`))
    }
  }

  /** The handlers of effects. Drivers act at once; everything that reaches user code becomes a job. */
  #makeHandlers(host: PumpHost): Handlers {
    const job = (run: Job) => this.#jobs.add(run)
    const change = (run: Job) => this.#jobs.addChange(run)
    return {
      openTransport: ({ connection, kind, url }) => this.#open(connection, kind, url),
      closeTransport: ({ connection }) => this.#close(connection),
      sendPacket: ({ connection, head, payload }) => this.#send(connection, head, this.payloads.get(payload)),
      releasePayload: ({ payload }) => this.payloads.release(payload),
      releaseResponse: ({ response }) => this.responses.release(response),
      abortFetch: ({ fetch }) => {
        this.clock.ended(fetch)
        this.#requests.abort(fetch)
      },
      startFetch: (effect) => {
        const body = this.payloads.get(effect.body)
        this.clock.began(effect.fetch)
        this.#requests.expect(effect)
        job(() => this.#requests.start(effect, body))
      },
      pauseTransport: ({ connection }) => this.#transports.get(connection)?.pause(),
      identifyTransport: ({ connection, url, maxPayload }) =>
        this.#transports.get(connection)?.identify(url, maxPayload),
      // Each frame is handled as if it arrived now, after the status change: one may change who hears the next.
      earlyFrames: ({ nspId, connection, keep }) => {
        const frames = this.#frames.release(nspId)
        if (!keep) return
        for (const frame of frames) this.#late?.push(() => this.#frame(connection, frame))
      },
      bufferChanged: ({ count, bytes }) => change(() => host.buffered(count, bytes)),
      attemptChanged: (effect) => change(() => host.progress(effect)),
      latencyChanged: (effect) => change(() => host.progress(effect)),
      // The namespace is looked up now: when the job runs, the number may belong to another one.
      askAuth: (effect) => {
        const joined = this.#namespaces.get(effect.nspId)
        if (joined) job(() => this.#askAuth(effect, joined))
      },
      statusChanged: (effect) => {
        const receiver = host.receivers[effect.nspId]
        const joined = this.#namespaces.get(effect.nspId)
        const data = joined?.refusal
        if (joined && effect.status === "connected") joined.refusal = undefined
        if (receiver) change(() => host.status(receiver, effect, data))
      },
      ackFailed: ({ ack, code }) => job(() => host.ackFailed(ack, code, "")),
      queryLoading: ({ query, execution, quiet }) => change(() => host.queryLoading(query, execution, quiet)),
      queryRetired: ({ query, ...retired }) => host.queryRetired(query, retired),
      querySettled: (effect) => {
        const response = this.responses.get(effect.response)
        change(() => host.querySettled(effect, response?.body, response?.began ?? 0))
      },
      listenerExpired: ({ listener }) => change(() => host.listenerExpired(listener)),
      persistMutation: (effect) => {
        const response = this.responses.get(effect.response)
        change(() => host.persistMutation(effect, response?.body))
      },
      removeMutation: ({ key }) => change(() => host.removeMutation(key)),
      emitOver: ({ emit }) => change(() => host.emitOver(emit)),
      reportError: ({ code, detail }) => job(() => host.report(code, detail)),
    }
  }

  #open(connection: number, name: TransportName, url: string): void {
    const { core, runtime } = this
    const transport = this.#drivers.openTransport(name, url, {
      opened: () =>
        this.input((now) => core.rac_transport_opened(runtime, connection, this.#drivers.timers.wallClock(), now)),
      text: (frame) => this.#frame(connection, frame),
      binary: (frame) => this.#frame(connection, frame),
      paused: () => this.input((now) => core.rac_transport_paused(runtime, connection, now)),
      closed: (detail) => {
        this.#transports.delete(connection)
        this.input((now) => core.transportClosed(runtime, connection, detail, now))
      },
    })
    if (this.#transports.size === 0) this.#frames.reset()
    this.#transports.set(connection, transport)
  }

  #close(connection: number): void {
    this.#transports.get(connection)?.close()
    this.#transports.delete(connection)
  }

  #send(connection: number, head: string, payload: OutgoingPayload | undefined): void {
    const transport = this.#transports.get(connection)
    transport?.sendText(payload ? head + payload.text : head)
    for (const bytes of payload?.attachments ?? []) transport?.sendBinary(bytes)
  }

  #askAuth({ request, reason, anew }: Effect<"askAuth">, joined: JoinedNamespace): void {
    if (joined.isLeft) return
    const { core, runtime } = this
    const { credentials } = joined
    const refused = reason && joined.sentWith
    joined.sentWith = undefined
    if (anew) credentials.giveUp()
    const asked = refused ? credentials.after(refused, reason) : credentials.renew(reason || undefined)
    const user = this.#users
    asked
      .then((credentials) => {
        if (user === this.#users) joined.sentWith = credentials
        return membersOf(credentials)
      })
      .then(
        (payload) =>
          this.input((now) => {
            core.rac_auth_ready(runtime, request, payload ? this.payloads.add(payload) : 0, now)
          }),
        (error: unknown) =>
          this.input((now) => core.authFailed(runtime, request, messageOf(error), isTransient(error) ? 1 : 0, now)),
      )
  }

  #armTimer(): void {
    const next = this.#disposed ? Number.POSITIVE_INFINITY : this.core.rac_next_timeout(this.runtime)
    // A timer that fires early enough stays. It is set again when it fires.
    if (this.#timer && this.#timer.at <= next && next !== Number.POSITIVE_INFINITY) return
    this.#clearTimer()
    if (next === Number.POSITIVE_INFINITY) return
    const handle = this.#drivers.timers.set(() => {
      this.#timer = undefined
      this.input((now) => this.core.rac_tick(this.runtime, now))
    }, next - this.now())
    this.#timer = { handle, at: next }
  }

  #clearTimer(): void {
    if (this.#timer) this.#drivers.timers.clear(this.#timer.handle)
    this.#timer = undefined
  }
}
