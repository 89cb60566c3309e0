// Mutations that wait for the network, on their way to the storage and back, and as their user sees them. The core decides
// which wait, in which order and how often they are tried; here each becomes an entry of `queued`, which is there from when
// the storage has it until it is gone from there.

import type { QueuedMutation, RacletteErrorLike, StoredMutation } from "../../types"
import { messageOf, RacletteError } from "../../types/errors"
import type { Context } from "../base/context"
import { State, set } from "../base/state"
import { FORMAT, type StoredMutations } from "./stored-mutations"

/** What is known of one. */
interface Kept {
  readonly mutation: Omit<StoredMutation, "order">
  /** Where it stands, by the core's word. */
  order: number
  tries: number
  error: RacletteErrorLike | undefined
  /** The storage has it, or has refused it. */
  isShown: boolean
  /** It only has to leave the storage. */
  isOver: boolean
  /** Made anew when something of it is another. */
  entry: QueuedMutation | undefined
}

export class KeptMutations {
  /** Those that wait, in their order: what is there survives a reload, what is over is gone from the storage. */
  readonly queued = new State<readonly QueuedMutation[]>(Object.freeze([]))
  readonly #context: Context
  readonly #stored: StoredMutations
  readonly #kept = new Map<string, Kept>()
  /** What this runtime's orders begin behind. */
  #base: number
  #closed = false

  constructor(context: Context, stored: StoredMutations) {
    this.#context = context
    this.#stored = stored
    this.#base = context.timers.wallClock()
  }

  /** Takes over what is found in the storage, now and later; `restore` makes each again. */
  begin(restore: (mutation: StoredMutation) => void): void {
    this.#stored.handTo({
      found: (mutations) => {
        if (this.#closed) return
        this.#adopt(mutations)
        for (const mutation of mutations) restore(mutation)
      },
      failed: (error) => {
        if (!this.#closed) this.#context.report(error)
      },
    })
  }

  has(key: string): boolean {
    return this.#kept.has(key)
  }

  /** `order`: of the core. */
  keep(key: string, order: number, mutation: Omit<StoredMutation, "key" | "order">): void {
    const { storage, identity } = this.#stored
    const kept = this.#add({ key, ...mutation })
    const record = { format: FORMAT, ...(identity && { identity }), order: this.#base + order, ...kept.mutation }
    void this.#attempt(() => storage.put(record)).then(() => {
      kept.isShown = !kept.isOver
      this.#show()
    })
  }

  /** It was sent, or failed: `error`, if that is news. Nothing happens where it is not known. */
  tried(key: string, order: number, tries: number, error: RacletteErrorLike | undefined): void {
    const kept = this.#kept.get(key)
    if (!kept) return
    kept.entry = undefined
    kept.order = order
    kept.tries = tries
    kept.error = error ?? kept.error
    if (kept.isShown) this.#show()
  }

  forget(key: string): void {
    const kept = this.#kept.get(key)
    if (kept) kept.isOver = true
    void this.#attempt(() => this.#stored.storage.remove(key)).then(() => {
      this.#kept.delete(key)
      this.#show()
    })
  }

  /** The runtime is gone: what waits is left to the next one. */
  close(): void {
    this.#closed = true
    this.#stored.storage.close()
  }

  /** They are in the storage, in their order. What is made later is made again behind them. */
  #adopt(mutations: readonly StoredMutation[]): void {
    for (const mutation of mutations) {
      this.#add(mutation).isShown = true
      this.#base = Math.max(this.#base, mutation.order)
    }
    this.#show()
  }

  #add(mutation: Omit<StoredMutation, "order">): Kept {
    const order = Number.POSITIVE_INFINITY
    const kept = { mutation, order, tries: 0, error: undefined, isShown: false, isOver: false, entry: undefined }
    this.#kept.set(mutation.key, kept)
    return kept
  }

  #show(): void {
    if (this.#closed) return
    const shown = [...this.#kept.values()].filter(({ isShown }) => isShown)
    // What was not placed yet stays behind, as it came.
    shown.sort((a, b) => a.order - b.order || 0)
    const entries = Object.freeze(shown.map((kept) => this.#entryOf(kept)))
    this.#context.guard(() => set(this.queued, entries), "a subscriber of `queued`")
  }

  #entryOf(kept: Kept): QueuedMutation {
    const { tries, error } = kept
    const { key, pluginKey, entity, operation, params } = kept.mutation
    const call = (name: "dropMutation" | "retryMutation") => () => {
      this.#context.checkAlive()
      const { core, runtime, pump } = this.#context
      pump.enter((now) => core[name](runtime, key, now))
    }
    kept.entry ??= Object.freeze({
      ...{ key, pluginKey, entity, operation, params: paramsOf(params), tries, error },
      ...{ drop: call("dropMutation"), retry: call("retryMutation") },
    })
    return kept.entry
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      this.#context.report(new RacletteError("STORAGE_FAILED", messageOf(cause), { cause }))
    }
  }
}

/** What was stored may be broken. */
function paramsOf(text: string): QueuedMutation["params"] {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
