// The mutations in a storage: those left by earlier runtimes, for which `createRuntime` waits up to a time limit, and
// those that other pages leave later. Records of another identity, or of a newer release, stay in the storage. Part of
// the chunk offline.ts.
import type { StorageDriver, StoredMutation } from "../../types"
import type { TimersDriver } from "../../types/drivers"
import { messageOf } from "../../types/errors"

/** The current format of stored mutations. */
export const FORMAT = 1

/** Maximum milliseconds to wait for the storage. A browser may never answer. */
const TIMEOUT = 1000

/** Receives the mutations that are found. */
export interface Finder {
  found(mutations: readonly StoredMutation[]): void
  /** The storage failed. */
  failed(detail: string, cause?: unknown): void
}

/** The storage of one session, as the runtime uses it. */
export type Session = Pick<StoredMutations, "loaded" | "close">

export class StoredMutations {
  readonly storage: StorageDriver
  /** The identity that owns them. */
  readonly identity: string | undefined
  /** Resolves, never rejects, when the storage has answered or the time limit has passed. */
  readonly loaded: Promise<void>
  readonly #waiting: ((finder: Finder) => void)[] = []
  readonly #unknown = new Set<string>()
  /** The last change of the storage, while it is in progress. */
  #last: Promise<void> | undefined
  #finder: Finder | undefined

  /** Loads from `storage` at once. */
  constructor(storage: StorageDriver, identity: string | undefined, timers: TimersDriver) {
    this.storage = storage
    this.identity = identity
    this.loaded = this.#load(timers)
  }

  /** Closes the storage after all changes: one that came later would own its records for good. */
  close(): void {
    void this.change(async () => this.storage.close())
  }

  /** Passes on the mutations found so far, and those found later. */
  handTo(finder: Finder): void {
    this.#finder = finder
    for (const deliver of this.#waiting.splice(0)) deliver(finder)
  }

  /**
   * Changes the storage after all earlier changes, whatever their outcome. A removal must not overtake the write before
   * it, and mutations must be written in the order in which they are sent.
   */
  change(work: () => Promise<void>): Promise<void> {
    const done = this.#last ? this.#last.then(work) : work()
    const over = () => {
      if (this.#last === last) this.#last = undefined
    }
    const last = done.then(over, over)
    this.#last = last
    return done
  }

  #load(timers: TimersDriver): Promise<void> {
    return new Promise((resolve) => {
      const timer = timers.set(() => {
        this.#fail(`no answer within ${TIMEOUT} ms; they are sent once it answers`)
        resolve()
      }, TIMEOUT)
      void this.#ask().then(() => {
        timers.clear(timer)
        resolve()
      })
    })
  }

  async #ask(): Promise<void> {
    try {
      const receive = (mutations: StoredMutation[]) => this.#find(mutations)
      this.#find(await this.storage.load({ takes: (mutation) => this.#takes(mutation), receive }))
    } catch (cause) {
      this.#fail(messageOf(cause), cause)
    }
  }

  /** Filters again: a driver may ignore `takes`. */
  #find(mutations: readonly StoredMutation[]): void {
    const taken = mutations.filter((mutation) => this.#takes(mutation)).sort((a, b) => a.order - b.order)
    if (taken.length > 0) this.#deliver((finder) => finder.found(taken))
  }

  #fail(detail: string, cause?: unknown): void {
    this.#deliver((finder) => finder.failed(detail, cause))
  }

  #deliver(deliver: (finder: Finder) => void): void {
    if (this.#finder) deliver(this.#finder)
    else this.#waiting.push(deliver)
  }

  #takes({ identity, format = 0, key, entity, operation }: StoredMutation): boolean {
    if (identity !== this.identity) return false
    if (format <= FORMAT) return true
    if (!this.#unknown.has(key)) {
      const what = `${entity}.${operation} was stored by a newer release, in format ${format}`
      this.#fail(`${what}; it stays for that release`)
    }
    this.#unknown.add(key)
    return false
  }
}
