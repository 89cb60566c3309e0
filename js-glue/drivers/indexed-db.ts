// Keeps the mutations that wait for the network in IndexedDB, so that they survive a reload. This driver is a chunk of
// the package that is loaded on first use. All pages of one origin share the database. A page owns its records while it
// lives, and shows that by holding a Web Lock. When it is gone, another open page takes its records over, or else the
// next page that loads.
//
// A page requests the locks of other pages: on load, for all owners of records, and later for each page that announces
// on a BroadcastChannel that it starts to keep records. The browser grants the lock when the other page is gone, and
// only one page can hold it, so nothing polls and no record is taken over twice.
//
// Held locks and pending lock requests would keep a page out of the back/forward cache. So a page holds its lock only
// while it keeps records, and drops its requests when the user leaves it. A page that keeps records never enters the
// cache: it lives until the user leaves or closes it.
import { createStore, del, entries, setMany, type UseStore } from "idb-keyval"
import type { StorageDriver, StorageHeir } from "../types/storage"

/** The part of the Web Locks API that is used. Undefined on pages that were not loaded over HTTPS. */
export type Locks = Pick<LockManager, "request">

interface Row<T> {
  owner: string
  record: T
}

/** Creates a storage in the database `name`. */
export function indexedDbStorage<T extends { key: string }>(
  name: string,
  locks: Locks | undefined = globalThis.navigator?.locks,
): StorageDriver<T> {
  return new IndexedDbStorage<T>(name, locks)
}

const newOwner = () => `${Date.now()}-${Math.random()}`

class IndexedDbStorage<T extends { key: string }> implements StorageDriver<T> {
  readonly #name: string
  readonly #locks: Locks | undefined
  readonly #keys = new Set<string>()
  #owner = newOwner()
  #store: UseStore | undefined
  /** Operations run one after the other: a removal must not overtake the write before it. */
  #last: Promise<unknown> = Promise.resolve()
  #held: { granted: Promise<void>; release(): void } | undefined
  #heir: StorageHeir<T> = {}
  /** Aborted by `close()`. */
  #life: AbortController | undefined
  /** Aborted when this page stops watching other pages. */
  #watch: AbortController | undefined
  /** Owners whose lock this page has requested. */
  #watched = new Set<string>()
  #channel: BroadcastChannel | undefined

  constructor(name: string, locks: Locks | undefined) {
    this.#name = name
    this.#locks = locks
  }

  load(heir: StorageHeir<T> = {}): Promise<T[]> {
    return this.#next(() => {
      this.#heir = heir
      if (!this.#life || this.#life.signal.aborted) this.#begin()
      return this.#look()
    })
  }

  put(record: T): Promise<void> {
    this.#keys.add(record.key)
    return this.#next(() => this.#write([record]))
  }

  remove(key: string): Promise<void> {
    return this.#next(async () => {
      await del(key, this.#open())
      this.#keys.delete(key)
      if (this.#keys.size === 0) this.#release()
    })
  }

  close(): void {
    this.#life?.abort()
    this.#unwatch()
    void this.#next(async () => {
      this.#keys.clear()
      this.#release()
    })
  }

  /** Opens the storage, for the first time or again, as a new owner: another page may have the old records by now. */
  #begin(): void {
    this.#owner = newOwner()
    this.#life = new AbortController()
    const options = { signal: this.#life.signal, capture: true }
    const listen = (names: readonly string[], listener: () => void) => {
      for (const name of names) globalThis.addEventListener?.(name, listener, options)
    }
    listen(["pagehide", "freeze"], () => this.#unwatch())
    listen(["pageshow", "resume"], () => this.#watch?.signal.aborted && this.#receive(this.#look()))
  }

  #next<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  async #write(records: readonly T[]): Promise<void> {
    const isNew = !this.#held
    await this.#hold()
    const rowOf = (record: T): Row<T> => ({ owner: this.#owner, record })
    // This page may die right after the write. A page that starts to listen later looks too early, but hears the next
    // one.
    if (isNew) this.#announce()
    await setMany(
      records.map((record) => [record.key, rowOf(record)]),
      this.#open(),
    )
    // A page that looked before the write listens by now. This page may have stopped listening.
    if (isNew) this.#announce()
  }

  /** Takes over the records of pages that are gone, and watches the pages that live. */
  async #look(): Promise<T[]> {
    if (!this.#locks) return this.#take(undefined)
    this.#listen()
    const found: T[] = []
    const owners = new Set((await entries<string, Row<T>>(this.#open())).map(([, { owner }]) => owner))
    owners.delete(this.#owner)
    for (const owner of owners) {
      const left = await this.#locks.request(this.#lockOf(owner), { ifAvailable: true }, (lock) =>
        lock ? this.#take(owner) : undefined,
      )
      if (left) found.push(...left)
      else this.#await(owner)
    }
    return found
  }

  #listen(): void {
    this.#unwatch()
    this.#watch = new AbortController()
    this.#watched = new Set()
    this.#channel = this.#newChannel()
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#await(data)
  }

  #announce(): void {
    const channel = this.#channel ?? this.#newChannel()
    channel?.postMessage(this.#owner)
    if (channel !== this.#channel) channel?.close()
  }

  #newChannel(): BroadcastChannel | undefined {
    return typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(this.#name)
  }

  #unwatch(): void {
    this.#watch?.abort()
    this.#channel?.close()
    this.#channel = undefined
  }

  /** Takes over the records of `owner` once its page is gone. If it keeps none by then, there is nothing to do. */
  #await(owner: string): void {
    const watched = this.#watched
    if (!this.#watch || this.#watch.signal.aborted || watched.has(owner)) return
    watched.add(owner)
    const { signal } = this.#watch
    const take = () => {
      watched.delete(owner)
      return this.#take(owner)
    }
    this.#receive(this.#locks?.request(this.#lockOf(owner), { signal }, take))
  }

  /**
   * Passes on records that were taken over. If that fails or was aborted, the records stay for the next page that
   * looks.
   */
  #receive(taking: Promise<T[]> | undefined): void {
    taking?.then(
      (records) => records.length > 0 && this.#heir.receive?.(records),
      () => {},
    )
  }

  /**
   * Takes over the records of `owner`, or of all owners if undefined. Pages that wait for this page's lock then find
   * none of its old records, so two pages never wait for each other.
   */
  async #take(owner: string | undefined): Promise<T[]> {
    const life = this.#life
    const { takes = () => true } = this.#heir
    const rows = await entries<string, Row<T>>(this.#open())
    const left = rows.filter(([, row]) => row.owner === (owner ?? row.owner) && takes(row.record))
    const records = left.map(([, { record }]) => record)
    if (records.length === 0 || life?.signal.aborted) return []
    for (const { key } of records) this.#keys.add(key)
    await this.#write(records)
    if (!life?.signal.aborted) return records
    this.#release()
    return []
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

  #release(): void {
    this.#held?.release()
    this.#held = undefined
  }

  #lockOf(owner: string): string {
    return `${this.#name} ${owner}`
  }

  #open(): UseStore {
    this.#store ??= createStore(this.#name, "mutations")
    return this.#store
  }
}
