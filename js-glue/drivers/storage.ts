// Where mutations wait for the network: in the browser's IndexedDB, so that they survive a reload, or in memory where
// there is none. Two pages of one origin share the database. What a page keeps is its own as long as it lives, which a
// Web Lock tells the others (held only while something is kept, since a page that holds one is not frozen for the
// browser's back button); what a page left behind goes to the first that loads after it.
import { createStore, del, entries, set, setMany, type UseStore } from "idb-keyval"
import type { StorageDriver } from "../types/storage"

/** Keeps records as long as the page, or the process, lives. */
export function memoryStorage<T extends { key: string }>(): StorageDriver<T> {
  const records = new Map<string, T>()
  return {
    load: async () => [...records.values()],
    put: async (record) => void records.set(record.key, record),
    remove: async (key) => void records.delete(key),
    close() {},
  }
}

/** As much of Web Locks as is used here; a page that was not loaded over HTTPS has none. */
export type Locks = Pick<LockManager, "request">

interface Row<T> {
  owner: string
  record: T
}

/**
 * Keeps records in the IndexedDB database `name`. Nothing is opened before the first call. Rejects with what the
 * browser says: no access in some private windows, no space left.
 */
export function indexedDbStorage<T extends { key: string }>(
  name: string,
  locks: Locks | undefined = globalThis.navigator?.locks,
): StorageDriver<T> {
  return new IndexedDbStorage<T>(name, locks)
}

class IndexedDbStorage<T extends { key: string }> implements StorageDriver<T> {
  readonly #name: string
  readonly #locks: Locks | undefined
  readonly #owner = `${Date.now()}-${Math.random()}`
  readonly #keys = new Set<string>()
  #store: UseStore | undefined
  /** What is asked for is done one after the other: a removal must not overtake what it removes. */
  #last: Promise<unknown> = Promise.resolve()
  #held: { granted: Promise<void>; release(): void } | undefined

  constructor(name: string, locks: Locks | undefined) {
    this.#name = name
    this.#locks = locks
  }

  load(): Promise<T[]> {
    return this.#next(() => this.#load())
  }

  put(record: T): Promise<void> {
    this.#keys.add(record.key)
    return this.#next(async () => {
      await this.#hold()
      await set(record.key, { owner: this.#owner, record } satisfies Row<T>, this.#open())
    })
  }

  remove(key: string): Promise<void> {
    return this.#next(async () => {
      await del(key, this.#open())
      this.#keys.delete(key)
      if (this.#keys.size === 0) this.#release()
    })
  }

  close(): void {
    void this.#next(async () => this.#release())
  }

  #next<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  #release(): void {
    this.#held?.release()
    this.#held = undefined
  }

  async #load(): Promise<T[]> {
    if (!this.#locks) return this.#adopt(async () => true)
    const locks = this.#locks
    const isOver = (owner: string): Promise<boolean> =>
      locks.request(this.#lockOf(owner), { ifAvailable: true }, async (lock) => lock !== null)
    // One page at a time looks around: two would adopt the same.
    return locks.request(this.#lockOf("adoption"), () => this.#adopt(isOver))
  }

  async #adopt(isOver: (owner: string) => Promise<boolean>): Promise<T[]> {
    const rows = await entries<string, Row<T>>(this.#open())
    const owners = [...new Set(rows.map(([, { owner }]) => owner))]
    const over = new Set<string>()
    for (const owner of owners) if (await isOver(owner)) over.add(owner)
    const mine = rows.filter(([, { owner }]) => over.has(owner))
    if (mine.length === 0) return []
    for (const [key] of mine) this.#keys.add(key)
    await this.#hold()
    await setMany(
      mine.map(([key, { record }]) => [key, { owner: this.#owner, record }]),
      this.#open(),
    )
    return mine.map(([, { record }]) => record)
  }

  #hold(): Promise<void> {
    if (this.#held || !this.#locks) return this.#held?.granted ?? Promise.resolve()
    const locks = this.#locks
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const granted = new Promise<void>((resolve, reject) => {
      const hold = () => {
        resolve()
        return released
      }
      locks.request(this.#lockOf(this.#owner), hold).catch(reject)
    })
    this.#held = { granted, release }
    return granted
  }

  #lockOf(owner: string): string {
    return `${this.#name} ${owner}`
  }

  #open(): UseStore {
    this.#store ??= createStore(this.#name, "mutations")
    return this.#store
  }
}
