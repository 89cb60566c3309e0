// $socket. The core decides which listeners match an event, and this file calls them with the parsed arguments. Plans
// are cached by index until the core reports another version.

import { NamePart } from "../../core/core-module"
import { answerOf } from "../../core/link"
import type { StatusEffect } from "../../runtime/effects"
import type { EventReceiver } from "../../runtime/frames"
import type {
  ConnectionReason,
  SendOptions,
  Socket,
  SocketEvent,
  SocketListener,
  SocketOnOptions,
  SocketStatus,
  Unsubscribe,
  WaitOptions,
} from "../../types"
import { RacletteError } from "../../types/errors"
import { checkListener, checkName, checkSignal, NO_OPTIONS, wrong } from "../base/checks"
import { type Context, Registrations } from "../base/context"
import { isForeign } from "../base/foreign"
import { type Entry, ListenerRegistry, type Names, type Place } from "../base/listener-registry"
import { batch, ScopedRef, State, set } from "../base/state"
import { iterate, waitFor } from "../base/waiting"
import { checkSendOptions, createEmitters, type EmitRegistry } from "./emits"

interface Plan {
  version: number
  entries: Entry<SocketEvent>[]
  /** Whether no listener wants the payload. */
  isBare: boolean
  channel: string
  channelKey: string
  prefix: string
}

/** The names of the options of `on`. */
const ON_OPTIONS: readonly (keyof SocketOnOptions)[] = ["signal", "once", "payload"]

/** The state and the listeners of one namespace, for all scopes. */
export class SocketDispatcher implements EventReceiver {
  readonly status = new State<SocketStatus>("closed")
  readonly reason = new State<ConnectionReason | undefined>(undefined)
  readonly recovered = new State(false)
  id: string | undefined
  readonly nspId: number
  readonly emits: EmitRegistry
  /** Registrations made through the namespace object itself. They end with it. */
  readonly owner: Registrations
  readonly #context: Context
  readonly #listeners: ListenerRegistry<SocketEvent>
  readonly #names: Names<SocketEvent> = new Map()
  readonly #plans = new Map<number, Plan>()
  /** Counts sessions: an event is acknowledged only in the session in which it arrived. */
  #session = 0

  constructor(context: Context, emits: EmitRegistry, nspId: number, name = "") {
    this.#context = context
    this.emits = emits
    this.nspId = nspId
    this.owner = new Registrations(`the namespace ${name}`)
    const { core, runtime } = context
    this.#listeners = new ListenerRegistry(context, "channel", {
      listen: (scope, key, { bare }) => core.listen(runtime, nspId, scope, key, bare ? 0 : 1),
      again: (scope, other, { bare }) => core.rac_listen(runtime, nspId, scope, other, bare ? 0 : 1),
      unlisten: (handle) => core.rac_unlisten(runtime, nspId, handle),
    })
  }

  /** Adds a listener. An empty `key` means every key. `ended`: see ListenSpec. */
  listen(
    place: Place,
    key: string,
    listener: SocketListener,
    options: SocketOnOptions = NO_OPTIONS,
    ended?: () => void,
  ): Unsubscribe {
    this.#context.checkAlive()
    place.owner.checkAlive()
    checkListener(listener, options, ON_OPTIONS)
    const { signal, once = false, payload = true } = options
    if (typeof payload !== "boolean") throw wrong(payload, "`payload`", "true or false")
    if (signal?.aborted) return () => {}
    const callback = payload ? listener : withoutPayload(listener)
    const bare = payload ? undefined : listener
    return this.#listeners.add(place, this.#names, key, { callback, bare, once, signal, ended })
  }

  off(place: Place, key: string, callback: SocketListener | undefined): number {
    return this.#listeners.off(place, this.#names, key, callback || undefined)
  }

  /** Calls the listeners. */
  event(planIndex: number, version: number, args: unknown[] | undefined, replyId: number): void {
    const plan = this.#plan(planIndex, version)
    const { channel, channelKey, prefix } = plan
    const event: SocketEvent = { channel, channelKey, prefix, args: args ?? [] }
    if (replyId >= 0) event.reply = this.#replyTo(channel, replyId)
    const { pump } = this.#context
    const { clock, followsEvent } = pump
    pump.followsEvent = true
    clock.event = clock.next()
    // Without arguments, listeners that want the payload were added after the event arrived.
    const isWhole = args !== undefined || plan.isBare
    const entries = isWhole ? plan.entries : plan.entries.filter(({ spec }) => spec.bare)
    this.#listeners.dispatch(entries, args?.[0], event, channelKey)
    clock.event = 0
    pump.followsEvent = followsEvent
  }

  /** Creates `reply`. Ack ids restart with each server session, so a late reply would answer another event. */
  #replyTo(channel: string, replyId: number) {
    const session = this.#session
    return (...answer: unknown[]) => {
      if (session === this.#session && this.id !== undefined) return this.emits.reply(this.nspId, replyId, answer)
      if (this.#context.pump.disposed) return
      const detail = `reply() to "${channel}" came after the session ended: nothing was sent`
      this.#context.report(new RacletteError("SOCKET_DISCONNECTED", detail))
    }
  }

  /** The user has changed. Drops events that are being dispatched or wait for dispatch. */
  part(): void {
    this.#listeners.isPaused = true
  }

  /** Ends every registration when the runtime is disposed of. */
  dispose(): void {
    this.#listeners.dispose(this.#names)
  }

  setStatus({ status, code, text, recovered }: StatusEffect, refusal: unknown): void {
    this.id = status === "connected" ? text : undefined
    if (status === "connected") this.#listeners.isPaused = false
    if (status === "connected") this.#session++
    const error = code === "OK" ? undefined : new RacletteError(code, text)
    const data = code === "CONNECT_REJECTED" ? refusal : undefined
    batch(() => {
      set(this.reason, error && { code, message: error.message, ...(data !== undefined && { data }) })
      set(this.recovered, recovered)
      set(this.status, status)
    })
  }

  #plan(index: number, version: number): Plan {
    const known = this.#plans.get(index)
    if (known?.version === version) return known
    const { core, runtime } = this.#context
    const entries = this.#listeners.plan(core.rac_plan(runtime, index))
    const name = (part: NamePart) => answerOf(core, core.rac_plan_name(runtime, index, part)).text
    const plan = {
      version,
      entries,
      isBare: entries.every(({ spec }) => spec.bare),
      channel: name(NamePart.channel),
      channelKey: name(NamePart.key),
      prefix: name(NamePart.prefix),
    }
    this.#plans.set(index, plan)
    return plan
  }
}

/** `$socket` of one scope. `logKey`: prefix of its listeners' errors in the log. */
export function createSocket(
  context: Context,
  dispatcher: SocketDispatcher,
  owner: Registrations,
  plugin: number,
  logKey: string,
): Socket {
  const place = { owner, scope: plugin, logKey }
  const listen = (key: string, callback: SocketListener, options?: SocketOnOptions, ended?: () => void) => {
    checkName(key, "the channelKey")
    return dispatcher.listen(place, key, callback, options, ended)
  }
  const { emits, nspId } = dispatcher
  const emitters = (options: SendOptions) => createEmitters(emits, owner, nspId, options)
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
      return dispatcher.off(place, key, callback)
    },
    onAny: (callback: SocketListener) => dispatcher.listen(place, "", callback),
    waitFor: <T>(key: string, options: WaitOptions<T> = {}) =>
      waitFor<T>(context, key, (listener, ended) => listen(key, listener, undefined, ended), options),
    events<T>(key: string, { signal }: { signal?: AbortSignal } = {}) {
      checkSignal(signal)
      return iterate<T>((listener, ended) => listen(key, listener, undefined, ended), signal)
    },
    onAnyOutgoing: (listener: (event: string, ...args: unknown[]) => void) => emits.onOutgoing(owner, nspId, listener),
    ...emitters({}),
    sending: (options: SendOptions) => emitters(checkSendOptions(options)),
    timeout: (ms: number) => emitters(checkSendOptions({ timeout: ms })),
    volatile: emitters({ volatile: true }),
    clearBuffer() {
      owner.checkAlive()
      emits.clear(nspId)
    },
    get id() {
      return dispatcher.id
    },
  }
  return new Proxy(base as object as Socket, withChannelKeys)
}

/** A callback for a listener that hears that an event came. Others may have had the event parsed. */
function withoutPayload(listener: SocketListener): SocketListener {
  return (_payload, event) => listener(undefined, event.args.length === 0 ? event : { ...event, args: [] })
}

/** Adds `$socket.<channelKey>.on(listener)` and similar, raclette's older form. */
const withChannelKeys: ProxyHandler<Socket> = {
  get(socket, name, receiver) {
    if (isForeign(socket, name)) return Reflect.get(socket, name, receiver)
    return {
      on: (listener: SocketListener, options?: SocketOnOptions) => socket.on(name, listener, options),
      once: (listener: SocketListener, options?: SocketOnOptions) => socket.once(name, listener, options),
      off: (listener?: SocketListener) => socket.off(name, listener),
      waitFor: (options?: WaitOptions<unknown>) => socket.waitFor(name, options),
      events: (options?: { signal?: AbortSignal }) => socket.events(name, options),
    }
  },
}
