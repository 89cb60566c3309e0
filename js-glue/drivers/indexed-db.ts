// Where mutations wait for the network so that they survive a reload: the browser's IndexedDB. A part of the package that
// is loaded when it is asked for. The pages of one origin share the database. What a page keeps is its own as long as it
// lives, which a Web Lock tells the others; what it left behind goes to a page that is open, or else to the first that loads.
//
// Whoever loads, and whoever hears by a BroadcastChannel that another page begins to keep something, asks for that page's
// lock: it is given when the page is gone, and as long as it is held nobody else takes over the same. So nothing polls.
// The lock is held only while something is kept, and a page that is left gives up its requests: either would keep it out
// of the back/forward cache. A page that keeps something is never there: it lives until it is left or closed.
import { createStore, del, entries, setMany, type UseStore } from "idb-keyval"
import type { StorageDriver, StorageHeir } from "../types/storage"

/** As much of Web Locks as is used here; a page that was not loaded over HTTPS has none. */
export type Locks = Pick<LockManager, "request">

interface Row<T> {
  owner: string
  record: T
}

/** A storage in the database `name`. */
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
  /** What is asked for is done one after the other: a removal must not overtake what it removes. */
  #last: Promise<unknown> = Promise.resolve()
  #held: { granted: Promise<void>; release(): void } | undefined
  #heir: StorageHeir<T> = {}
  /** As long as it is open: ends with `close()`. */
  #life: AbortController | undefined
  /** As long as others are watched. */
  #watch: AbortController | undefined
  /** Those whose lock this page has asked for. */
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

  /** It is opened, for the first time or again: what it had is another's by then. */
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
    // It may die as soon as it has written. Who began to listen after this looks too early, and hears it again.
    if (isNew) this.#announce()
    await setMany(
      records.map((record) => [record.key, rowOf(record)]),
      this.#open(),
    )
    // Who looked before has listened by then. This page may have stopped listening meanwhile.
    if (isNew) this.#announce()
  }

  /** Looks around: what pages that are gone have left is taken over, and those that live are watched. */
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

  /** What `owner` keeps is taken over once it is gone. One that keeps nothing any more has left nothing. */
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

  /** What fails, for want of access or because nobody watches any more, is left to whoever looks next. */
  #receive(taking: Promise<T[]> | undefined): void {
    taking?.then(
      (records) => records.length > 0 && this.#heir.receive?.(records),
      () => {},
    )
  }

  /**
   * Takes over what `owner` has left; undefined: what anybody has. Whoever waits for the lock of this page meanwhile finds
   * nothing of it, so that two never wait for each other.
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
