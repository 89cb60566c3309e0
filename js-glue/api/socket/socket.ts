// $socket: the core says which listeners an event concerns, this file calls them with the parsed arguments. Plans
// are kept by their index until the core gives out another version. Dispatch rules as in eventbus.ts.

import { answerOf } from "../../core/link"
import type { StatusEffect } from "../../runtime/effects"
import type {
  SendOptions,
  Socket,
  SocketEvent,
  SocketListener,
  SocketOnOptions,
  SocketStatus,
  Unsubscribe,
  WaitOptions,
} from "../../types"
import { check, RacletteError } from "../../types/errors"
import { checkFunction, checkName, checkObject, checkSignal } from "../base/checks"
import type { Context, Registrations } from "../base/context"
import { batch, ScopedRef, State, set } from "../base/state"
import { iterate, waitFor } from "../base/waiting"
import { checkSendOptions, createEmitters, type EmitRegistry } from "./emits"

interface Entry {
  callback: SocketListener
  key: string
  owner: Registrations
  once: boolean
  alive: boolean
  logKey: string
  /** The user's own, which `off` takes away. */
  isUsers: boolean
  remove: Unsubscribe
}

interface Plan {
  version: number
  entries: Entry[]
  channel: string
  channelKey: string
  prefix: string
}

interface ListenSpec {
  plugin: number
  /** What stands before the listener's errors in the log. */
  logKey: string
  /** Empty: every key. */
  key: string
  callback: SocketListener
  options: SocketOnOptions
  /** The registration is the binding's own, for something that has its own end; this is called when it ends from outside. */
  ended?: () => void
}

/** The state and the listeners of one namespace, those of all scopes. */
export class SocketDispatcher {
  readonly status = new State<SocketStatus>("closed")
  readonly reason = new State<{ code: string; message: string } | undefined>(undefined)
  readonly recovered = new State(false)
  id: string | undefined
  readonly space: number
  readonly emits: EmitRegistry
  readonly #context: Context
  readonly #entries = new Map<number, Entry>()
  readonly #plans = new Map<number, Plan>()

  constructor(context: Context, emits: EmitRegistry, space: number) {
    this.#context = context
    this.emits = emits
    this.space = space
  }

  listen(owner: Registrations, spec: ListenSpec): Unsubscribe {
    const { plugin, logKey, key, callback, options, ended } = spec
    this.#context.checkAlive()
    owner.checkAlive()
    checkFunction(callback, "the listener")
    checkObject(options, "the options")
    checkSignal(options.signal)
    if (options.signal?.aborted) return () => {}
    const { core, runtime, pump } = this.#context
    const { value: handle } = check(core.listen(runtime, this.space, plugin, key))
    const { once = false } = options
    const entry: Entry = { callback, key, owner, once, alive: true, logKey, isUsers: !ended, remove() {} }
    const remove = owner.add(() => {
      entry.alive = false
      this.#entries.delete(handle)
      options.signal?.removeEventListener("abort", remove)
      if (!pump.disposed) core.rac_unlisten(runtime, this.space, handle)
      if (owner.disposed || pump.disposed) ended?.()
    })
    entry.remove = remove
    options.signal?.addEventListener("abort", remove)
    this.#entries.set(handle, entry)
    return remove
  }

  off(owner: Registrations, key: string, callback: SocketListener | undefined): number {
    const found = [...this.#entries.values()].filter(
      (entry) =>
        entry.isUsers && entry.owner === owner && entry.key === key && (!callback || entry.callback === callback),
    )
    for (const entry of found) entry.remove()
    return found.length
  }

  /** An event came in; `args[0]` is its name on the wire, and is taken off. */
  event(planIndex: number, version: number, args: unknown[], replyId: number): void {
    const plan = this.#plan(planIndex, version)
    const { channel, channelKey, prefix } = plan
    args.shift()
    const event: SocketEvent = { channel, channelKey, prefix, args }
    if (replyId >= 0) event.reply = (...answer) => this.emits.reply(this.space, replyId, answer)
    for (const entry of plan.entries) {
      if (!entry.alive) continue
      if (entry.once) entry.remove()
      try {
        entry.callback(args[0], event)
      } catch (cause) {
        this.#context.threw(cause, `a listener of the channel "${channelKey}"`, entry.logKey)
      }
    }
  }

  /** Ends every registration: the runtime is disposed of. */
  dispose(): void {
    for (const entry of [...this.#entries.values()]) entry.remove()
  }

  setStatus({ status, code, text, recovered }: StatusEffect): void {
    this.id = status === "connected" ? text : undefined
    const error = code === "OK" ? undefined : new RacletteError(code, text)
    batch(() => {
      set(this.reason, error && { code, message: error.message })
      set(this.recovered, recovered)
      set(this.status, status)
    })
  }

  #plan(index: number, version: number): Plan {
    const known = this.#plans.get(index)
    if (known?.version === version) return known
    const { core, runtime } = this.#context
    const count = core.rac_plan(runtime, index)
    const at = core.rac_words(runtime) >>> 2
    const entries: Entry[] = []
    for (let i = 0; i < count; i++) {
      const entry = this.#entries.get(core.HEAPU32[at + i] as number)
      if (entry) entries.push(entry)
    }
    const name = (part: number) => answerOf(core, core.rac_plan_name(runtime, index, part)).text
    const plan = { version, entries, channel: name(0), channelKey: name(1), prefix: name(2) }
    this.#plans.set(index, plan)
    return plan
  }
}

/** `$socket` of one scope. `logKey`: what stands before its listeners' errors in the log. */
export function createSocket(
  context: Context,
  dispatcher: SocketDispatcher,
  owner: Registrations,
  plugin: number,
  logKey: string,
): Socket {
  const listen = (key: string, callback: SocketListener, options: SocketOnOptions = {}, ended?: () => void) => {
    checkName(key, "the channelKey")
    return dispatcher.listen(owner, { plugin, logKey, key, callback, options, ...(ended && { ended }) })
  }
  const { emits, space } = dispatcher
  const emitters = (options: SendOptions) => createEmitters(emits, owner, space, options)
  const base = {
    status: new ScopedRef(dispatcher.status, owner),
    reason: new ScopedRef(dispatcher.reason, owner),
    recovered: new ScopedRef(dispatcher.recovered, owner),
    buffered: new ScopedRef(emits.buffered, owner),
    on: (key: string, callback: SocketListener, options?: SocketOnOptions) => listen(key, callback, options),
    once: (key: string, callback: SocketListener, options: SocketOnOptions = {}) =>
      listen(key, callback, { ...options, once: true }),
    off(key: string, callback?: SocketListener) {
      checkName(key, "the channelKey")
      return dispatcher.off(owner, key, callback)
    },
    onAny: (callback: SocketListener) => dispatcher.listen(owner, { plugin, logKey, key: "", callback, options: {} }),
    waitFor: <T>(key: string, options: WaitOptions<T> = {}) =>
      waitFor<T>(context, key, (listener, ended) => listen(key, listener, {}, ended), options),
    events<T>(key: string, { signal }: { signal?: AbortSignal } = {}) {
      checkSignal(signal)
      return iterate<T>((listener, ended) => listen(key, listener, {}, ended), signal)
    },
    onAnyOutgoing: (listener: (event: string, ...args: unknown[]) => void) => emits.onOutgoing(owner, space, listener),
    ...emitters({}),
    sending: (options: SendOptions) => emitters(checkSendOptions(options)),
    timeout: (ms: number) => emitters(checkSendOptions({ timeout: ms })),
    volatile: emitters({ volatile: true }),
    clearBuffer() {
      owner.checkAlive()
      emits.clear(space)
    },
    get id() {
      return dispatcher.id
    },
  }
  return new Proxy(base as object as Socket, withChannelKeys)
}

/** Adds `$socket.<channelKey>.on(listener)` and its like, raclette's older form. */
const withChannelKeys: ProxyHandler<Socket> = {
  get(socket, name, receiver) {
    // Not a channelKey: what promises and the language itself look for.
    if (typeof name === "symbol" || name === "then" || Reflect.has(socket, name)) {
      return Reflect.get(socket, name, receiver)
    }
    return {
      on: (listener: SocketListener, options?: SocketOnOptions) => socket.on(name, listener, options),
      once: (listener: SocketListener, options?: SocketOnOptions) => socket.once(name, listener, options),
      off: (listener?: SocketListener) => socket.off(name, listener),
      waitFor: (options?: WaitOptions<unknown>) => socket.waitFor(name, options),
      events: (options?: { signal?: AbortSignal }) => socket.events(name, options),
    }
  },
}
