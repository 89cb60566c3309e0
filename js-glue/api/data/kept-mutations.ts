// Mutations that wait for the network, on their way to the storage and back. The core decides which wait, and when one
// is over; here they get their order, and whoever asks learns how many there are.

import type { StorageDriver, StoredMutation } from "../../types"
import { messageOf, RacletteError } from "../../types/errors"
import type { Context } from "../base/context"
import { State, set } from "../base/state"

export class KeptMutations {
  /** How many wait, as the storage has them: one that counts survives a reload, one that is over is gone from there. */
  readonly queued = new State(0)
  readonly #context: Context
  readonly #storage: StorageDriver
  readonly #keys = new Set<string>()
  /** Those that `queued` counts. What the storage refuses waits as well, and counts as soon as that is known. */
  readonly #counted = new Set<string>()
  /** What this runtime's orders begin behind. */
  #base = 0
  #closed = false

  constructor(context: Context, storage: StorageDriver) {
    this.#context = context
    this.#storage = storage
  }

  /** Those that an earlier runtime left, which are kept already, in their order. */
  adopt(stored: readonly StoredMutation[]): StoredMutation[] {
    const mutations = [...stored].sort((a, b) => a.order - b.order)
    this.#base = Math.max(mutations.at(-1)?.order ?? 0, this.#context.timers.wallClock())
    for (const { key } of mutations) {
      this.#keys.add(key)
      this.#counted.add(key)
    }
    this.#count()
    return mutations
  }

  /** `order`: counts this runtime's mutations. */
  keep(key: string, order: number, mutation: Omit<StoredMutation, "key" | "order">): void {
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    void this.#attempt(() => this.#storage.put({ key, order: this.#base + order, ...mutation })).then(() => {
      if (this.#keys.has(key)) this.#counted.add(key)
      this.#count()
    })
  }

  forget(key: string): void {
    this.#keys.delete(key)
    void this.#attempt(() => this.#storage.remove(key)).then(() => {
      this.#counted.delete(key)
      this.#count()
    })
  }

  /** The runtime is gone: what waits is left to the next one. */
  close(): void {
    this.#closed = true
    this.#storage.close()
  }

  #count(): void {
    if (this.#closed) return
    this.#context.guard(() => set(this.queued, this.#counted.size), "a subscriber of `queued`")
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      this.#context.report(new RacletteError("STORAGE_FAILED", messageOf(cause), { cause }))
    }
  }
}
