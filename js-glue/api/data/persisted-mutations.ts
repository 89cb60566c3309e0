// The mutation queue as stored and as shown in `runtime.queued`. The core decides which mutations wait, their order and
// their retries. Here each becomes an entry of `queued`, from the time the storage has it until it is removed from
// there. Each identity has its own storage; what one user stored stays in it.

import type { DroppedMutation, QueuedMutation, StorageDriver, StoredMutation } from "../../types"
import { messageOf, RacletteError } from "../../types/errors"
import type { Context } from "../base/context"
import { State, set } from "../base/state"
import { FORMAT, type StoredMutations } from "./stored-mutations"

/** Whose mutations are kept, and where: there, or as soon as it is known who the user is. */
type Where = StoredMutations | Promise<StoredMutations>

/** What is known of one. */
interface Kept {
  readonly mutation: Omit<StoredMutation, "order">
  readonly where: Where
  /** Where it stands, by the core's word. */
  order: number
  tries: number
  error: RacletteError | undefined
  /** The storage has it, or has refused it. */
  isShown: boolean
  /** It only has to leave the storage. */
  isOver: boolean
  /** Made anew when something of it is another. */
  entry: QueuedMutation | undefined
}

const NONE: readonly QueuedMutation[] = Object.freeze([])

export class PersistedMutations {
  /** Those that wait, in their order: what is there survives a reload, what is over is gone from the storage. */
  readonly queued = new State(NONE)
  readonly #context: Context
  #where: Where
  #kept = new Map<string, Kept>()
  /** Those of users before that were on the wire. */
  readonly #left = new Map<string, Kept>()
  /** The keys that the core has told since the user is about to be another. */
  #reported: Set<string> | undefined
  /** What this runtime's orders begin behind. */
  #base = 0
  /** What they began behind before that: those up to an order of the core. */
  readonly #bases: { upTo: number; base: number }[] = []
  /** The last order that the core has told. */
  #highest = 0
  #closed = false

  constructor(context: Context, stored: StoredMutations) {
    this.#context = context
    this.#where = stored
  }

  /** Takes over what is found in `stored`, now and later; `restore` makes each again. */
  begin(stored: StoredMutations, restore: (mutation: StoredMutation) => void): void {
    this.#where = stored
    this.#beginBehind(this.#context.timers.wallClock())
    const isOver = () => this.#closed || this.#where !== stored
    stored.handTo({
      found: (mutations) => {
        if (isOver()) return
        this.#adopt(mutations)
        for (const mutation of mutations) restore(mutation)
      },
      failed: (error) => {
        if (!isOver()) this.#context.report(error)
      },
    })
  }

  /**
   * The user is another: `end` ends what is under way in the core, and discards it or not, as it is told. From then on
   * all is kept in `next`. Returns what was dropped.
   */
  change(discard: boolean, next: Promise<StoredMutations>, end: (discard: boolean) => void): DroppedMutation[] {
    const where = this.#where
    // What is nobody's would be sent as the next user's.
    const isDiscarded = discard || where instanceof Promise || where.identity === undefined
    const before = [...this.#kept.values()].filter(({ isOver }) => !isOver).sort(byOrder)
    this.#reported = new Set()
    end(isDiscarded)
    const dropped = before.filter(({ isOver }) => isOver).map((kept) => this.#dataOf(kept))
    // Those on the wire.
    for (const [key, kept] of this.#kept) {
      if (isDiscarded && !kept.isOver) this.forget(key)
      else if (this.#reported.has(key)) this.#left.set(key, kept)
    }
    this.#reported = undefined
    this.#kept = new Map()
    this.#where = next
    this.#show()
    if (!(where instanceof Promise)) where.storage.close()
    return isDiscarded ? dropped : []
  }

  has(key: string): boolean {
    return this.#kept.has(key)
  }

  /** `order`: of the core. */
  keep(key: string, order: number, mutation: Omit<StoredMutation, "key" | "order">): void {
    const kept = this.#add({ key, ...mutation }, this.#where)
    this.#highest = Math.max(this.#highest, order)
    const put = async (storage: StorageDriver, identity: string | undefined) => {
      if (kept.isOver) return
      const record = {
        format: FORMAT,
        ...(identity && { identity }),
        order: this.#baseOf(order) + order,
        ...kept.mutation,
      }
      await storage.put(record)
    }
    void this.#attempt(kept.where, put).then(() => {
      kept.isShown = !kept.isOver
      this.#show()
    })
  }

  /** It was sent, or failed: `error`, if that is news. Nothing happens where it is not known. */
  tried(key: string, order: number, tries: number, error: RacletteError | undefined): void {
    this.#reported?.add(key)
    this.#highest = Math.max(this.#highest, order)
    const kept = this.#kept.get(key)
    if (!kept) return
    kept.entry = undefined
    kept.order = order
    kept.tries = tries
    kept.error = error ?? kept.error
    if (kept.isShown) this.#show()
  }

  forget(key: string): void {
    const kept = this.#kept.get(key) ?? this.#left.get(key)
    this.#left.delete(key)
    if (!kept) return
    kept.isOver = true
    void this.#attempt(kept.where, (storage) => storage.remove(key)).then(() => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key)
      this.#show()
    })
  }

  /** The runtime is gone: what waits is left to the next one. */
  close(): void {
    this.#closed = true
    if (!(this.#where instanceof Promise)) this.#where.storage.close()
  }

  /** They are in the storage, in their order. What is made later is made again behind them. */
  #adopt(mutations: readonly StoredMutation[]): void {
    for (const mutation of mutations) {
      this.#add(mutation, this.#where).isShown = true
      this.#beginBehind(mutation.order)
    }
    this.#show()
  }

  #beginBehind(order: number): void {
    if (order <= this.#base) return
    this.#bases.push({ upTo: this.#highest, base: this.#base })
    this.#base = order
  }

  /** What was made before others were taken over may be kept after that, and stays before what was made next. */
  #baseOf(order: number): number {
    return this.#bases.find(({ upTo }) => order <= upTo)?.base ?? this.#base
  }

  #add(mutation: Omit<StoredMutation, "order">, where: Where): Kept {
    const state = { tries: 0, error: undefined, isShown: false, isOver: false, entry: undefined }
    // What was not placed yet stays behind, as it came.
    const kept = { mutation, where, order: Number.POSITIVE_INFINITY, ...state }
    this.#kept.set(mutation.key, kept)
    return kept
  }

  #show(): void {
    if (this.#closed) return
    const shown = [...this.#kept.values()].filter(({ isShown }) => isShown).sort(byOrder)
    const entries = Object.freeze(shown.map((kept) => this.#entryOf(kept)))
    this.#context.guard(() => set(this.queued, entries), "a subscriber of `queued`")
  }

  #entryOf(kept: Kept): QueuedMutation {
    const { core, runtime, pump } = this.#context
    const enter = (call: (now: number) => unknown) => {
      this.#context.checkAlive()
      pump.enter(call)
    }
    kept.entry ??= Object.freeze({
      ...this.#dataOf(kept),
      drop: () => enter((now) => core.rac_drop_mutation(runtime, kept.order, now)),
      retry: () => enter((now) => core.rac_retry_mutation(runtime, kept.order, now)),
    })
    return kept.entry
  }

  #dataOf({ mutation, tries, error }: Kept): DroppedMutation {
    const { key, pluginKey, entity, operation, params } = mutation
    return { key, pluginKey, entity, operation, params: paramsOf(params), tries, error }
  }

  async #attempt(
    where: Where,
    work: (storage: StorageDriver, identity: string | undefined) => Promise<void>,
  ): Promise<void> {
    try {
      const stored = where instanceof Promise ? await where : where
      await stored.change(() => work(stored.storage, stored.identity))
    } catch (cause) {
      this.#context.report(new RacletteError("STORAGE_FAILED", messageOf(cause), { cause }))
    }
  }
}

/** Those that were not placed yet are behind the others. */
function byOrder(a: Kept, b: Kept): number {
  return a.order === b.order ? 0 : a.order - b.order
}

/** What was stored may be broken. */
function paramsOf(text: string): QueuedMutation["params"] {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
