// Outgoing events of all namespaces of a runtime. The core keeps the emits that wait for a session or an ack, and
// reports how each ends. This file keeps the callbacks and promises of these emits.

import { encodePayload, type OutgoingPayload, sizeOf } from "../../runtime/payload"
import type { Emitters, SendOptions, Unsubscribe } from "../../types"
import { check, type ErrorCode, RacletteError } from "../../types/errors"
import { checkFunction, checkName } from "../base/checks"
import type { Context, Registrations } from "../base/context"
import { State } from "../base/state"

interface PendingAck {
  answer(args: unknown[]): void
  fail(error: unknown): void
}

/** Maximum number of cached names, so that a page with ever new names does not fill its memory. */
const MAX_HEADS = 1000

/** Called for every emit of a namespace. */
export type OutgoingListener = (event: string, ...args: unknown[]) => void

/** The user's socket options for emits. */
export interface EmitLimits {
  /** Default timeout of promises, in milliseconds. */
  readonly ackTimeout: number
  /** Maximum number of binary values in one emit. */
  readonly maxAttachments: number
}

export class EmitRegistry {
  readonly buffered = new State({ count: 0, bytes: 0 })
  readonly limits: EmitLimits
  readonly #context: Context
  readonly #acks = new Map<number, PendingAck>()
  /** Removes the abort listeners of emits that have not ended. */
  readonly #signals = new Map<number, Unsubscribe>()
  /** The start of an event's packet, by name, for names emitted before. */
  readonly #heads = new Map<string, string>()
  readonly #outgoing = new Map<number, Set<OutgoingListener>>()
  /** Distinguishes this client's emits from those of others, for servers that drop duplicates. */
  readonly #client = Math.random().toString(36).slice(2, 12).padEnd(10, "0")
  #emits = 0

  constructor(
    context: Context,
    { ackTimeout = Number.POSITIVE_INFINITY, maxAttachments = 10 }: Partial<EmitLimits> = {},
  ) {
    this.#context = context
    this.limits = { ackTimeout, maxAttachments }
  }

  /** Sends an event. Throws `BUFFER_FULL`, `BAD_ARGUMENT`, `RESERVED_EVENT`, `DISPOSED`, or the signal's reason. */
  emit(
    owner: Registrations,
    nspId: number,
    name: string,
    given: unknown[],
    options: SendOptions,
    ack: PendingAck | undefined,
  ): void {
    const { id = false, signal } = options
    const checkWanted = () => {
      this.#context.checkAlive()
      owner.checkAlive()
      signal?.throwIfAborted()
    }
    checkWanted()
    const head = this.#head(name)
    const args = id ? [...given, `${this.#client}-${++this.#emits}`] : given
    const { text, attachments } = encodePayload(args)
    if (attachments.length > this.limits.maxAttachments) {
      const detail = `${attachments.length} binary values in one emit: servers refuse more than 10. If yours takes more, raise \`socket.maxAttachments\``
      throw new RacletteError("BAD_ARGUMENT", detail)
    }
    const payload = { text: head + (args.length === 0 ? "]" : `,${text.slice(1)}`), attachments }
    const listeners = this.#outgoing.get(nspId)
    if (listeners) this.#notifyOutgoing(listeners, name, args)
    // User code ran while the arguments were encoded and the listeners called. It may have disposed of the scope.
    checkWanted()
    this.#send(nspId, payload, options, ack)
  }

  /** Calls the listeners. The dispatch rules are those of listener-registry.ts. */
  #notifyOutgoing(listeners: ReadonlySet<OutgoingListener>, name: string, args: unknown[]): void {
    for (const listener of [...listeners]) {
      if (listeners.has(listener)) this.#context.guard(() => listener(name, ...args), "a listener of outgoing events")
    }
  }

  #send(nspId: number, payload: OutgoingPayload, options: SendOptions, ack: PendingAck | undefined): void {
    const { timeout = 0, retries = 0, volatile = false, ordered = false, signal } = options
    const { pump, core, runtime, timers } = this.#context
    // An emit with retries needs an ack, even if the user does not wait for it.
    const pending = ack ?? (retries > 0 ? { answer() {}, fail() {} } : undefined)
    const isTaken = pump.enter((now) => {
      const handle = core.rac_emit(
        runtime,
        nspId,
        pump.payloads.add(payload),
        payload.attachments.length,
        sizeOf(payload),
        pending ? 1 : 0,
        volatile ? 1 : 0,
        timeout,
        retries,
        Number(ordered),
        timers.wallClock(),
        now,
      )
      if (handle > 0) this.#watch(handle, pending, signal)
      return handle >= 0
    })
    if (!isTaken) throw new RacletteError("BUFFER_FULL")
  }

  ack(handle: number, args: unknown[]): void {
    const ack = this.#take(handle)
    if (ack) this.#context.guard(() => ack.answer(args), "the callback of an ack")
  }

  ackFailed(handle: number, code: ErrorCode, detail: string): void {
    const ack = this.#take(handle)
    if (ack) this.#context.guard(() => ack.fail(new RacletteError(code, detail)), "the callback of an ack")
  }

  /** An emit without an ack has ended. */
  over(handle: number): void {
    this.#take(handle)
  }

  /** Drops the emits that wait for a session of a namespace. */
  clear(nspId: number): void {
    this.#context.checkAlive()
    const { pump, core, runtime } = this.#context
    pump.enter(() => core.rac_clear_emits(runtime, nspId))
  }

  onOutgoing(owner: Registrations, nspId: number, listener: OutgoingListener) {
    this.#context.checkAlive()
    owner.checkAlive()
    checkFunction(listener, "the listener")
    const listeners = this.#outgoing.get(nspId) ?? new Set()
    this.#outgoing.set(nspId, listeners)
    // Registering the same function twice makes two registrations.
    const own: OutgoingListener = (...args) => listener(...args)
    listeners.add(own)
    return owner.add(() => {
      listeners.delete(own)
      if (listeners.size === 0) this.#outgoing.delete(nspId)
    })
  }

  /** Acknowledges an event of the current session. */
  reply(nspId: number, replyId: number, answer: unknown[]): void {
    const { pump, core, runtime } = this.#context
    if (pump.disposed) return
    const payload = encodePayload(answer)
    pump.enter(() => core.rac_reply(runtime, nspId, replyId, pump.payloads.add(payload), payload.attachments.length))
  }

  /** Ends every pending ack and every listener when the runtime is disposed of. */
  dispose(): void {
    for (const listeners of this.#outgoing.values()) listeners.clear()
    for (const handle of [...this.#acks.keys()]) this.ackFailed(handle, "DISPOSED", "the runtime")
    for (const handle of [...this.#signals.keys()]) this.over(handle)
  }

  #watch(handle: number, ack: PendingAck | undefined, signal: AbortSignal | undefined): void {
    const { pump, core, runtime } = this.#context
    const abort = () => {
      const aborted = this.#take(handle)
      if (!pump.disposed) pump.enter(() => core.rac_cancel_emit(runtime, handle))
      if (aborted) pump.call(() => this.#context.guard(() => aborted.fail(signal?.reason), "the callback of an ack"))
    }
    if (ack) this.#acks.set(handle, ack)
    if (!signal) return
    signal.addEventListener("abort", abort)
    this.#signals.set(handle, () => signal.removeEventListener("abort", abort))
  }

  #take(handle: number): PendingAck | undefined {
    this.#signals.get(handle)?.()
    this.#signals.delete(handle)
    const ack = this.#acks.get(handle)
    this.#acks.delete(handle)
    return ack
  }

  /** The JSON text of an event's array up to its name, after the core has allowed the name. */
  #head(name: string): string {
    const known = this.#heads.get(name)
    if (known !== undefined) return known
    checkName(name, "the event")
    check(this.#context.core.checkEvent(name))
    const head = `[${JSON.stringify(name)}`
    if (this.#heads.size >= MAX_HEADS) this.#heads.clear()
    this.#heads.set(name, head)
    return head
  }
}

/** An ack that ends with its scope, by `ended` instead of an answer. The event is still sent. */
function owned(owner: Registrations, ack: PendingAck, ended: () => void): PendingAck & { forget: Unsubscribe } {
  let isOver = false
  const end = owner.add(() => {
    if (!isOver) ended()
    isOver = true
  })
  const over = (finish: () => void) => {
    if (isOver) return
    isOver = true
    end()
    finish()
  }
  return {
    answer: (args) => over(() => ack.answer(args)),
    fail: (error) => over(() => ack.fail(error)),
    forget: () => over(() => {}),
  }
}

/** With a timeout, callbacks get an error or undefined as first argument. Without one, they get only the answer. */
export function createEmitters(
  registry: EmitRegistry,
  owner: Registrations,
  nspId: number,
  options: SendOptions,
): Emitters {
  const { timeout = 0 } = options
  const { ackTimeout } = registry.limits
  const promised =
    timeout > 0 || ackTimeout === Number.POSITIVE_INFINITY ? options : { ...options, timeout: ackTimeout }
  /** Sends with an ack. Forgets the ack if the emit throws. */
  const send = (event: string, args: unknown[], options: SendOptions, ack: PendingAck, ended: () => void) => {
    const pending = owned(owner, ack, ended)
    try {
      registry.emit(owner, nspId, event, args, options, pending)
    } catch (error) {
      pending.forget()
      throw error
    }
  }
  return {
    emit(event: string, ...args: unknown[]): void {
      const callback = args.at(-1)
      if (typeof callback !== "function") {
        registry.emit(owner, nspId, event, args, options, undefined)
        return
      }
      const ack: PendingAck = {
        answer: (answer) => (timeout > 0 ? callback(undefined, ...answer) : callback(...answer)),
        fail: (error) => timeout > 0 && callback(error),
      }
      send(event, args.slice(0, -1), options, ack, () => {})
    },
    emitWithAck: (event: string, ...args: unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const ended = () => reject(new RacletteError("DISPOSED", `this scope, before the answer to "${event}"`))
        send(event, args, promised, { answer: (answer) => resolve(answer[0]), fail: reject }, ended)
      }),
  }
}

/** Throws `BAD_ARGUMENT` for invalid options. */
export function checkSendOptions(options: SendOptions): SendOptions {
  const { timeout, retries } = options
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0)) {
    throw new RacletteError("BAD_ARGUMENT", "the timeout must be a number of milliseconds above 0")
  }
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0)) {
    throw new RacletteError("BAD_ARGUMENT", "`retries` must be an integer, 0 or more")
  }
  return options
}
