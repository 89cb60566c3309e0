// The mutation queue, as stored and as shown in `runtime.queued`. The core decides which mutations wait, in which
// order, and when they are retried. Here each one has an entry in `queued` from when the storage has it until it is
// removed from the storage. Each identity has its own storage, and mutations of one user stay in that user's storage.
// Part of the chunk offline.ts, so it gets what must be the same as in the package's main file as arguments.

import type { DroppedMutation, QueuedMutation, StorageDriver, StoredMutation } from "../../types"
import { messageOf, type RacletteError } from "../../types/errors"
import { type Finder, FORMAT, type Session, type StoredMutations } from "./stored-mutations"

/** The storage of the queue, or a promise of it while the identity is not known. */
type Where = StoredMutations | Promise<Session>

/** The state of one mutation. */
interface Kept {
  readonly mutation: Omit<StoredMutation, "order">
  readonly where: Where
  /** Its position, as numbered by the core. */
  order: number
  tries: number
  error: RacletteError | undefined
  /** Whether the storage has it or has refused it. */
  isShown: boolean
  /** Whether it only has to be removed from the storage. */
  isOver: boolean
  /** The entry in `queued`. Created again when the state changes. */
  entry: QueuedMutation | undefined
}

/** What the queue tells the runtime. */
export interface QueueHost {
  /** Sets `queued`: the queued mutations in order. They survive a reload, and are listed until the storage has removed them. */
  publish(queued: readonly QueuedMutation[]): void
  /** Milliseconds since 1970. */
  wallClock(): number
  /** Drops or retries the mutation with this number of the core. Throws `DISPOSED`. */
  drop(order: number): void
  retry(order: number): void
  /** Reports `STORAGE_FAILED`. */
  readonly failed: Finder["failed"]
}

export class PersistedMutations {
  readonly #host: QueueHost
  #where: Where
  #kept = new Map<string, Kept>()
  /** Mutations of previous users that were on the wire. */
  readonly #left = new Map<string, Kept>()
  /** The keys that the core has reported since a change of user began. */
  #reported: Set<string> | undefined
  /** Offset of this runtime's orders: they come after those taken over. */
  #base = 0
  /** Earlier offsets, each with the last order of the core that it applies to. */
  readonly #bases: { upTo: number; base: number }[] = []
  /** The highest order that the core has reported. */
  #highest = 0
  #closed = false

  constructor(stored: StoredMutations, host: QueueHost) {
    this.#host = host
    this.#where = stored
  }

  /** Takes over the mutations found in `stored`, now and later. `restore` queues each of them again. */
  begin(session: Session, restore: (mutation: StoredMutation) => void): void {
    const stored = session as StoredMutations
    this.#where = stored
    this.#beginBehind(this.#host.wallClock())
    const isOver = () => this.#closed || this.#where !== stored
    stored.handTo({
      found: (mutations) => {
        if (isOver()) return
        this.#adopt(mutations)
        for (const mutation of mutations) restore(mutation)
      },
      failed: (...failure) => {
        if (!isOver()) this.#host.failed(...failure)
      },
    })
  }

  /**
   * Changes the user. `end` ends what is in flight in the core, and discards queued mutations if its argument says so.
   * New mutations go to `next`. Returns the mutations that were dropped.
   */
  change(discard: boolean, next: Promise<Session>, end: (discard: boolean) => void): DroppedMutation[] {
    const where = this.#where
    // Mutations without an identity would be sent as the next user's.
    const isDiscarded = discard || where instanceof Promise || where.identity === undefined
    const before = [...this.#kept.values()].filter(({ isOver }) => !isOver).sort(byOrder)
    this.#reported = new Set()
    end(isDiscarded)
    const dropped = before.filter(({ isOver }) => isOver).map((kept) => this.#dataOf(kept))
    // Mutations on the wire.
    for (const [key, kept] of this.#kept) {
      if (isDiscarded && !kept.isOver) this.forget(key)
      else if (this.#reported.has(key)) this.#left.set(key, kept)
    }
    this.#reported = undefined
    this.#kept = new Map()
    this.#where = next
    this.#show()
    if (!(where instanceof Promise)) where.close()
    return isDiscarded ? dropped : []
  }

  has(key: string): boolean {
    return this.#kept.has(key)
  }

  /** Stores a mutation. `order`: the core's number. */
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

  /** A mutation was sent or failed. `error`: the new error, if any. Ignores unknown keys. */
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

  /** The runtime is disposed of. The queued mutations are left to the next one. */
  close(): void {
    this.#closed = true
    if (!(this.#where instanceof Promise)) this.#where.close()
  }

  /** Adds mutations that are already stored, in order. Later mutations get orders after them. */
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

  /** A mutation made before a takeover may be stored after it. It still comes before the mutations made later. */
  #baseOf(order: number): number {
    return this.#bases.find(({ upTo }) => order <= upTo)?.base ?? this.#base
  }

  #add(mutation: Omit<StoredMutation, "order">, where: Where): Kept {
    const state = { tries: 0, error: undefined, isShown: false, isOver: false, entry: undefined }
    // Until the core has numbered it, it stays at the end, in order of arrival.
    const kept = { mutation, where, order: Number.POSITIVE_INFINITY, ...state }
    this.#kept.set(mutation.key, kept)
    return kept
  }

  #show(): void {
    if (this.#closed) return
    const shown = [...this.#kept.values()].filter(({ isShown }) => isShown).sort(byOrder)
    const entries = Object.freeze(shown.map((kept) => this.#entryOf(kept)))
    this.#host.publish(entries)
  }

  #entryOf(kept: Kept): QueuedMutation {
    kept.entry ??= Object.freeze({
      ...this.#dataOf(kept),
      drop: () => this.#host.drop(kept.order),
      retry: () => this.#host.retry(kept.order),
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
      // Without a delay, so that a change comes before the close of its storage.
      const stored = where instanceof Promise ? ((await where) as StoredMutations) : where
      await stored.change(() => work(stored.storage, stored.identity))
    } catch (cause) {
      this.#host.failed(messageOf(cause), cause)
    }
  }
}

/** Mutations without a number come last. */
function byOrder(a: Kept, b: Kept): number {
  return a.order === b.order ? 0 : a.order - b.order
}

/** A stored record may be corrupt. */
function paramsOf(text: string): QueuedMutation["params"] {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
