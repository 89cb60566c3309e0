// The IndexedDB of an origin, as much of it as idb-keyval asks for: databases of one kind, stores of keys and values, and
// transactions that are done whole, one after the other, a moment later. A page that goes takes with it what has not begun.
// Source: Indexed Database API, https://w3c.github.io/IndexedDB/
import type { Random } from "../random"
import type { Clock } from "./clock"
import type { PageLife } from "./life"

type Store = Map<string, unknown>
type Operation = (store: Store) => unknown

export class VirtualDatabases {
  readonly #databases = new Map<string, Store>()
  /** When the last transaction ends. */
  #busyUntil = 0
  /** The maximum duration of a transaction, in ms. */
  slowness = 3

  constructor(
    readonly clock: Clock,
    readonly random: Random,
  ) {}

  /** Whether a transaction is active. */
  get isBusy(): boolean {
    return this.#busyUntil > this.clock.now
  }

  /** The contents of all databases. */
  contents(): { database: string; values: unknown[] }[] {
    return [...this.#databases].map(([database, store]) => ({ database, values: [...store.values()] }))
  }

  /** The `indexedDB` that a page sees. */
  of(page: PageLife): Pick<IDBFactory, "open"> {
    return { open: (name: string) => this.#open(page, name) } as unknown as Pick<IDBFactory, "open">
  }

  #open(page: PageLife, name: string): object {
    const request: Record<string, unknown> = {}
    const isNew = !this.#databases.has(name)
    if (isNew) this.#databases.set(name, new Map())
    const store = this.#databases.get(name) as Store
    request.result = {
      createObjectStore() {},
      transaction: () => ({ objectStore: () => this.#transaction(page, store) }),
    }
    this.#later(page, () => {
      if (isNew) call(request, "onupgradeneeded")
      call(request, "onsuccess")
    })
    return request
  }

  #transaction(page: PageLife, store: Store): object {
    const steps: (() => () => void)[] = []
    const transaction: Record<string, unknown> = {}
    const add = (operation: Operation) => {
      const request: Record<string, unknown> = {}
      steps.push(() => {
        request.result = operation(store)
        return () => call(request, "onsuccess")
      })
      return request
    }
    this.#perform(page, steps, () => call(transaction, "oncomplete"))
    return {
      transaction,
      get: (key: string) => add((held) => structuredClone(held.get(key))),
      put: (value: unknown, key: string) => {
        const copy = structuredClone(value)
        return add((held) => held.set(key, copy))
      },
      delete: (key: string) => add((held) => held.delete(key)),
      getAll: () => add((held) => sorted(held).map(([, value]) => structuredClone(value))),
      getAllKeys: () => add((held) => sorted(held).map(([key]) => key)),
    }
  }

  /** Does the work for all pages, and notifies this one if it is still alive. */
  #perform(page: PageLife, steps: (() => () => void)[], complete: () => void): void {
    this.#begin(() => {
      if (!page.isAlive) return
      const told = steps.map((step) => step())
      page.soon(() => {
        for (const tell of told) tell()
        complete()
      })
    })
  }

  #later(page: PageLife, run: () => void): void {
    this.#begin(() => page.soon(run))
  }

  #begin(work: () => void): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.clock.now) + this.random.next() * this.slowness
    this.clock.after(this.#busyUntil - this.clock.now, work)
  }
}

function sorted(store: Store): [string, unknown][] {
  return [...store].sort(([one], [other]) => (one < other ? -1 : 1))
}

function call(target: Record<string, unknown>, name: string): void {
  const callback = target[name] as (() => void) | undefined
  callback?.()
}
