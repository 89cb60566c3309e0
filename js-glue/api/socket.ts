// $socket: the core says which listeners an event concerns, this file calls them with the parsed arguments. Plans
// are kept by their index until the core gives out another version. Dispatch rules as in eventbus.ts.
import { check, type ErrorCode, RacletteError } from "../runtime/errors"
import { encodePayload } from "../runtime/payload"
import { type Context, checkFunction, checkName, type Registrations } from "./context"
import { state } from "./refs"
import type {
  Socket,
  SocketEvent,
  SocketListener,
  SocketOnOptions,
  SocketStatus,
  Unsubscribe,
  WaitOptions,
} from "./types"
import { iterate, waitFor } from "./waiting"

interface Entry {
  callback: SocketListener
  key: string
  owner: Registrations
  once: boolean
  alive: boolean
  pluginKey: string
  remove: Unsubscribe
}

interface Plan {
  version: number
  entries: Entry[]
  channel: string
  channelKey: string
  prefix: string
}

interface PendingAck {
  answer(args: unknown[]): void
  fail(error: RacletteError): void
}

interface ListenSpec {
  plugin: number
  pluginKey: string
  /** Empty: every key. */
  key: string
  callback: SocketListener
  options: SocketOnOptions
  ended?: () => void
}

/** The connection's state and the listeners of all scopes of one runtime. */
export class SocketDispatcher {
  readonly status = state<SocketStatus>("closed")
  readonly reason = state<{ code: string; message: string } | undefined>(undefined)
  id: string | undefined
  readonly #context: Context
  readonly #entries = new Map<number, Entry>()
  readonly #plans = new Map<number, Plan>()
  readonly #acks = new Map<number, PendingAck>()
  readonly #eventIds = new Map<string, number>()

  constructor(context: Context) {
    this.#context = context
  }

  listen(owner: Registrations, spec: ListenSpec): Unsubscribe {
    const { plugin, pluginKey, key, callback, options, ended } = spec
    this.#context.checkAlive()
    owner.checkAlive()
    checkFunction(callback, "the listener")
    if (options.signal?.aborted) return () => {}
    const { core, runtime, pump } = this.#context
    const { value: handle } = check(core.listen(runtime, plugin, key))
    const entry: Entry = { callback, key, owner, once: options.once ?? false, alive: true, pluginKey, remove() {} }
    const remove = owner.add(() => {
      entry.alive = false
      this.#entries.delete(handle)
      options.signal?.removeEventListener("abort", remove)
      if (!pump.disposed) core._rac_unlisten(runtime, handle)
      if (owner.disposed || pump.disposed) ended?.()
    })
    entry.remove = remove
    options.signal?.addEventListener("abort", remove)
    this.#entries.set(handle, entry)
    return remove
  }

  off(owner: Registrations, key: string, callback: SocketListener | undefined): number {
    const found = [...this.#entries.values()].filter(
      (entry) => entry.owner === owner && entry.key === key && (!callback || entry.callback === callback),
    )
    for (const entry of found) entry.remove()
    return found.length
  }

  /** An event came in; `args[0]` is its name on the wire. */
  event(planIndex: number, version: number, args: unknown[], replyId: number): void {
    const plan = this.#plan(planIndex, version)
    const { channel, channelKey, prefix } = plan
    const payloads = args.slice(1)
    const event: SocketEvent = { channel, channelKey, prefix, args: payloads }
    if (replyId >= 0) event.reply = (...answer) => this.#reply(replyId, answer)
    for (const entry of plan.entries) {
      if (!entry.alive) continue
      if (entry.once) entry.remove()
      try {
        entry.callback(payloads[0], event)
      } catch (cause) {
        this.#context.threw(cause, `a listener of the channel "${channelKey}"`, entry.pluginKey)
      }
    }
  }

  ack(handle: number, args: unknown[]): void {
    const ack = this.#acks.get(handle)
    this.#acks.delete(handle)
    if (ack) this.#context.guard(() => ack.answer(args), "the callback of an ack")
  }

  ackFailed(handle: number, code: ErrorCode, detail: string): void {
    const ack = this.#acks.get(handle)
    this.#acks.delete(handle)
    if (ack) this.#context.guard(() => ack.fail(new RacletteError(code, detail)), "the callback of an ack")
  }

  /** Ends every ack that still waits, and every registration: the runtime is disposed of. */
  dispose(): void {
    for (const handle of [...this.#acks.keys()]) this.ackFailed(handle, "DISPOSED", "the runtime")
    for (const entry of [...this.#entries.values()]) entry.remove()
  }

  setStatus(status: SocketStatus, code: ErrorCode, text: string): void {
    this.id = status === "connected" ? text : undefined
    const error = code === "OK" ? undefined : new RacletteError(code, text)
    this.reason.set(error && { code, message: error.message })
    this.status.set(status)
  }

  /** Sends an event; `timeout` in milliseconds, 0: no limit. */
  emit(name: string, args: unknown[], timeout: number, ack: PendingAck | undefined): void {
    this.#context.checkAlive()
    const event = this.#eventId(name)
    const { text, attachments } = encodePayload(args)
    const rest = args.length === 0 ? "]" : `,${text.slice(1)}`
    const { pump, core, runtime } = this.#context
    pump.enter((now) => {
      const payload = pump.payloads.add({ text: rest, attachments })
      const handle = core._rac_emit(runtime, event, payload, attachments.length, ack ? 1 : 0, timeout, now)
      if (ack) this.#acks.set(handle, ack)
    })
  }

  #eventId(name: string): number {
    const known = this.#eventIds.get(name)
    if (known !== undefined) return known
    checkName(name, "the event")
    const { value } = check(this.#context.core.eventName(this.#context.runtime, name))
    this.#eventIds.set(name, value)
    return value
  }

  #reply(replyId: number, answer: unknown[]): void {
    const { pump, core, runtime } = this.#context
    if (pump.disposed) return
    const payload = encodePayload(answer)
    pump.enter(() => core._rac_reply(runtime, replyId, pump.payloads.add(payload), payload.attachments.length))
  }

  #plan(index: number, version: number): Plan {
    const known = this.#plans.get(index)
    if (known?.version === version) return known
    const { core, runtime } = this.#context
    const count = core._rac_plan(runtime, index)
    const at = core._rac_words(runtime) >>> 2
    const entries: Entry[] = []
    for (let i = 0; i < count; i++) {
      const entry = this.#entries.get(core.HEAPU32[at + i] as number)
      if (entry) entries.push(entry)
    }
    const { channel, key, prefix } = core.planNames(runtime, index)
    const plan = { version, entries, channel, channelKey: key, prefix }
    this.#plans.set(index, plan)
    return plan
  }
}

/** `$socket` of one scope. */
export function createSocket(
  context: Context,
  dispatcher: SocketDispatcher,
  owner: Registrations,
  plugin: number,
  pluginKey: string,
): Socket {
  const on = (key: string, callback: SocketListener, options: SocketOnOptions = {}) => {
    checkName(key, "the channelKey")
    return dispatcher.listen(owner, { plugin, pluginKey, key, callback, options })
  }
  const base = {
    status: dispatcher.status.ref,
    reason: dispatcher.reason.ref,
    on,
    once: (key: string, callback: SocketListener, options: SocketOnOptions = {}) =>
      on(key, callback, { ...options, once: true }),
    off(key: string, callback?: SocketListener) {
      checkName(key, "the channelKey")
      return dispatcher.off(owner, key, callback)
    },
    onAny: (callback: SocketListener) =>
      dispatcher.listen(owner, { plugin, pluginKey, key: "", callback, options: {} }),
    waitFor<T>(key: string, options: WaitOptions<T> = {}) {
      checkName(key, "the channelKey")
      const register = (listener: (payload: T) => void, ended: () => void) =>
        dispatcher.listen(owner, { plugin, pluginKey, key, callback: listener, options: {}, ended })
      return waitFor(context, key, register, options)
    },
    events<T>(key: string, { signal }: { signal?: AbortSignal } = {}) {
      checkName(key, "the channelKey")
      return iterate<T>(
        (listener, ended) =>
          dispatcher.listen(owner, { plugin, pluginKey, key, callback: listener, options: {}, ended }),
        signal,
      )
    },
    ...createEmitters(dispatcher, owner, 0),
    timeout: (ms: number) => createEmitters(dispatcher, owner, checkTimeout(ms)),
  }
  return withChannelKeys(Object.defineProperty(base, "id", { get: () => dispatcher.id, enumerable: true }))
}

/** Without a limit a callback gets the answer alone; with one, an error or undefined comes first. */
function createEmitters(dispatcher: SocketDispatcher, owner: Registrations, timeout: number) {
  return {
    emit(event: string, ...args: unknown[]): void {
      owner.checkAlive()
      const callback = args.at(-1)
      if (typeof callback === "function") {
        dispatcher.emit(event, args.slice(0, -1), timeout, {
          answer: (answer) => (timeout > 0 ? callback(undefined, ...answer) : callback(...answer)),
          fail: (error) => timeout > 0 && callback(error),
        })
      } else {
        dispatcher.emit(event, args, timeout, undefined)
      }
    },
    emitWithAck(event: string, ...args: unknown[]): Promise<unknown> {
      owner.checkAlive()
      return new Promise((resolve, reject) => {
        dispatcher.emit(event, args, timeout, { answer: (answer) => resolve(answer[0]), fail: reject })
      })
    },
  }
}

function checkTimeout(ms: unknown): number {
  if (typeof ms === "number" && ms > 0) return ms
  throw new RacletteError("BAD_ARGUMENT", "the timeout has to be a number of milliseconds above 0")
}

/** Adds `$socket.<channelKey>.on(listener)` and its like, raclette's older form. */
function withChannelKeys(base: object): Socket {
  const socket = base as Socket
  return new Proxy(socket, {
    get(target, name, receiver) {
      // Not a channelKey: what promises and the language itself look for.
      if (typeof name === "symbol" || name === "then" || Reflect.has(target, name)) {
        return Reflect.get(target, name, receiver)
      }
      return {
        on: (listener: SocketListener, options?: SocketOnOptions) => socket.on(name, listener, options),
        once: (listener: SocketListener, options?: SocketOnOptions) => socket.once(name, listener, options),
        off: (listener?: SocketListener) => socket.off(name, listener),
        waitFor: (options?: WaitOptions<unknown>) => socket.waitFor(name, options),
        events: (options?: { signal?: AbortSignal }) => socket.events(name, options),
      }
    },
  })
}
