// The storage driver on an in-memory IndexedDB with fake Web Locks: what it stores, and which page may use it.
import { IDBFactory, IDBObjectStore } from "fake-indexeddb"
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { indexedDbStorage, type Locks } from "../../js-glue/drivers/indexed-db"
import { memoryStorage } from "../../js-glue/drivers/storage"
import { until } from "../support/until"

/** Fake Web Locks with the parts that the driver uses. Locks are granted in the order of the requests. */
class FakeLocks {
  readonly held = new Set<string>()
  readonly #asked: { name: string; give: () => void }[] = []

  /** The number of requests that wait for a lock. */
  get waiting(): number {
    return this.#asked.length
  }

  readonly request = async (name: string, ...rest: unknown[]): Promise<unknown> => {
    const work = rest.at(-1) as (lock: object | null) => unknown
    const { ifAvailable = false, signal } = (rest.length > 1 ? rest[0] : {}) as LockOptions
    if (ifAvailable && this.held.has(name)) return work(null)
    if (this.held.has(name)) await this.#given(name, signal)
    this.held.add(name)
    try {
      return await work({ name })
    } finally {
      const next = this.#asked.findIndex((one) => one.name === name)
      if (next < 0) this.held.delete(name)
      else this.#asked.splice(next, 1)[0]?.give()
    }
  }

  #given(name: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#asked.splice(this.#asked.indexOf(one), 1)
        reject(signal?.reason)
      }
      const give = () => {
        signal?.removeEventListener("abort", abort)
        resolve()
      }
      const one = { name, give }
      this.#asked.push(one)
      signal?.addEventListener("abort", abort)
    })
  }
}

/** Channels between pages; a message arrives later, as on the platform. */
class FakeChannel {
  static readonly open = new Set<FakeChannel>()
  onmessage: ((event: { data: unknown }) => void) | undefined

  constructor(readonly name: string) {
    FakeChannel.open.add(this)
  }

  postMessage(data: unknown): void {
    const others = [...FakeChannel.open].filter((one) => one !== this && one.name === this.name)
    for (const one of others) queueMicrotask(() => FakeChannel.open.has(one) && one.onmessage?.({ data }))
  }

  close(): void {
    FakeChannel.open.delete(this)
  }
}

interface Note {
  key: string
  text: string
}

let locks: FakeLocks
const open = (name = "db", withLocks = true) =>
  indexedDbStorage<Note>(name, withLocks ? (locks as unknown as Locks) : undefined)
const note = (key: string, text = key): Note => ({ key, text })
const sorted = (notes: Note[]) => notes.map(({ text }) => text).sort()

beforeEach(() => {
  locks = new FakeLocks()
  vi.stubGlobal("indexedDB", new IDBFactory())
  // Node has Web Locks since 24.5.
  vi.stubGlobal("navigator", undefined)
  FakeChannel.open.clear()
  vi.stubGlobal("BroadcastChannel", FakeChannel)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each([
  ["IndexedDB", open],
  ["memory", () => memoryStorage<Note>()],
])("in %s", (_name, make) => {
  it("keeps, replaces and removes records", async () => {
    const storage = make()
    await storage.put(note("a"))
    await storage.put(note("b"))
    await storage.put(note("a", "a again"))
    await storage.remove("b")
    await storage.remove("unknown")
    storage.close()
    expect(sorted(await storage.load())).toEqual(["a again"])
  })
})

it("a removal does not overtake what it removes", async () => {
  const storage = open()
  await Promise.all([storage.put(note("a")), storage.remove("a")])
  await until(() => locks.held.size === 0)
  expect(await open().load()).toEqual([])
})

describe("two pages of one origin", () => {
  it("leave each other's records alone while both live", async () => {
    const [first, second] = [open(), open()]
    await first.put(note("a"))
    expect(await second.load()).toEqual([])
  })

  it("what one left goes to the first that loads after it, and to nobody else", async () => {
    const [first, second, third] = [open(), open(), open()]
    await first.put(note("a"))
    await first.put(note("b"))
    first.close()
    const loaded = await Promise.all([second.load(), third.load()])
    expect(loaded.map(sorted)).toEqual([["a", "b"], []])
    third.close()
    second.close()
    expect(sorted(await open().load())).toEqual(["a", "b"])
  })

  it("what one takes, the others leave: it stays for a page that can read it", async () => {
    const first = open()
    for (const key of ["a", "b"]) await first.put(note(key))
    first.close()
    expect(sorted(await open().load({ takes: ({ text }) => text === "a" }))).toEqual(["a"])
    expect(sorted(await open().load())).toEqual(["b"])
  })

  it("a page that was closed may be opened again, and finds what it had", async () => {
    const page = open()
    await page.load()
    await page.put(note("a"))
    page.close()
    expect(sorted(await page.load())).toEqual(["a"])
    await page.remove("a")
    await until(() => locks.held.size === 0)
  })

  it("a page that stores nothing holds no lock", async () => {
    const page = open()
    expect(await page.load()).toEqual([])
    await page.put(note("a"))
    await page.put(note("b"))
    expect(locks.held.size).toBe(1)
    await page.remove("a")
    expect(locks.held.size).toBe(1)
    await page.remove("b")
    await until(() => locks.held.size === 0)
  })

  it("databases of different names have nothing in common", async () => {
    const page = open("one")
    await page.put(note("a"))
    page.close()
    expect(await open("two").load()).toEqual([])
  })

  it("without Web Locks everything is taken over: the key keeps the server from doing it twice", async () => {
    await open("db", false).put(note("a"))
    expect(sorted(await open("db", false).load())).toEqual(["a"])
  })
})

describe("what is left while a page is open", () => {
  /** A page that has read the storage, and the records that it receives since then. */
  async function page() {
    const received: string[] = []
    const storage = open()
    await storage.load({ receive: (notes) => void received.push(...sorted(notes)) })
    return { storage, received }
  }
  const event = (name: string) => globalThis.dispatchEvent(new Event(name))
  beforeEach(() => {
    const page = new EventTarget()
    for (const name of ["addEventListener", "dispatchEvent"] as const) vi.stubGlobal(name, page[name].bind(page))
  })

  it("by one that was there before goes to it, and to one of several alone", async () => {
    const first = open()
    await first.load()
    await first.put(note("a"))
    const [second, third] = [await page(), await page()]
    expect([second.received, third.received]).toEqual([[], []])
    first.close()
    await until(() => second.received.length + third.received.length > 0)
    await until(() => locks.waiting === 1)
    const [heir, other] = second.received.length > 0 ? [second, third] : [third, second]
    expect([heir.received, other.received]).toEqual([["a"], []])
    heir.storage.close()
    await until(() => other.received.length > 0)
    expect([heir.received, other.received]).toEqual([["a"], ["a"]])
  })

  it("by one that began to keep something later goes to it, each time", async () => {
    const { storage, received } = await page()
    for (const key of ["a", "b"]) {
      const other = open()
      await other.load()
      await other.put(note(key))
      await until(() => locks.waiting > 0)
      other.close()
      await until(() => received.includes(key))
    }
    expect(received).toEqual(["a", "b"])
    storage.close()
    expect(sorted(await open().load())).toEqual(["a", "b"])
  })

  it.each([
    ["closed", (other: { close(): void }) => other.close()],
    ["left", () => event("pagehide")],
    ["frozen", () => event("freeze")],
  ])("by one that is %s while it begins to keep something goes to it", async (_how, end) => {
    const other = open()
    await other.load()
    const put = other.put(note("a"))
    end(other)
    // It reads before the other page writes, and gets a message afterwards.
    const { received } = await page()
    await put
    other.close()
    await until(() => received.length > 0)
    expect(received).toEqual(["a"])
    await until(() => FakeChannel.open.size === 1)
  })

  it("by one that dies as soon as it has written goes to it", async () => {
    const { received } = await page()
    const write = vi.spyOn(IDBObjectStore.prototype, "put")
    const post = FakeChannel.prototype.postMessage
    const say = vi.spyOn(FakeChannel.prototype, "postMessage").mockImplementation(function (this: FakeChannel, data) {
      if (write.mock.calls.length === 0) post.call(this, data)
    })
    onTestFinished(() => {
      write.mockRestore()
      say.mockRestore()
    })
    const other = open()
    await other.load()
    await other.put(note("a"))
    other.close()
    await until(() => received.length > 0)
    expect(received).toEqual(["a"])
  })

  it("is nothing where the other has sent it all, and where this one is closed", async () => {
    const { storage, received } = await page()
    const other = open()
    await other.load()
    await other.put(note("a"))
    await until(() => locks.waiting === 1)
    await other.remove("a")
    await until(() => locks.waiting === 0 && locks.held.size === 0)
    await other.put(note("b"))
    await until(() => locks.waiting === 1)
    storage.close()
    await until(() => locks.waiting === 0)
    other.close()
    await until(() => locks.held.size === 0)
    expect(received).toEqual([])
  })

  it.each([
    ["the back/forward cache", "pagehide", "pageshow"],
    ["a frozen tab", "freeze", "resume"],
  ])("waits for a page that is back from %s, which holds no request meanwhile", async (_where, leaves, returns) => {
    const other = open()
    await other.load()
    await other.put(note("a"))
    const { received } = await page()
    expect([locks.waiting, FakeChannel.open.size]).toEqual([1, 2])
    event(returns)
    expect(locks.waiting).toBe(1)
    event(leaves)
    await until(() => locks.waiting === 0)
    expect(FakeChannel.open.size).toBe(0)
    other.close()
    await until(() => locks.held.size === 0)
    expect(received).toEqual([])
    event(returns)
    await until(() => received.length > 0)
    expect(received).toEqual(["a"])
  })

  it("two pages that empty and fill their queues at once never wait for each other", async () => {
    const pages = [await page(), await page(), await page()]
    for (let round = 0; round < 20; round++) {
      const key = (i: number) => `${round} ${i}`
      await Promise.all(pages.map(({ storage }, i) => storage.put(note(key(i)))))
      await Promise.all(pages.map(({ storage }, i) => storage.remove(key(i))))
    }
    expect(pages.flatMap(({ received }) => received)).toEqual([])
    await until(() => locks.held.size === 0 && locks.waiting === 0)
  })
})

it("reports the browser's error if access is denied", async () => {
  const blocked = {
    open() {
      throw new DOMException("no storage in this window", "SecurityError")
    },
  }
  vi.stubGlobal("indexedDB", blocked)
  await expect(open().load()).rejects.toThrow("no storage in this window")
  await expect(open().put(note("a"))).rejects.toThrow("no storage in this window")
})
