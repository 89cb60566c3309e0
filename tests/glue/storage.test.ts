// The storage driver on an IndexedDB in memory, with Web Locks of the test's own: what is kept, and who may have it.
import { IDBFactory } from "fake-indexeddb"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { indexedDbStorage, type Locks, memoryStorage } from "../../js-glue/drivers/storage"

/** Web Locks as the platform has them, as far as the driver uses them. */
class FakeLocks {
  readonly held = new Map<string, Promise<unknown>>()

  readonly request = async (name: string, ...rest: unknown[]): Promise<unknown> => {
    const work = rest.at(-1) as (lock: object | null) => unknown
    const { ifAvailable = false } = rest.length > 1 ? (rest[0] as { ifAvailable?: boolean }) : {}
    if (ifAvailable && this.held.has(name)) return work(null)
    while (this.held.has(name)) await this.held.get(name)
    const done = Promise.resolve(work({ name }))
    this.held.set(name, done)
    return done.finally(() => this.held.delete(name))
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
  await vi.waitUntil(() => locks.held.size === 0)
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
    second.close()
    expect(sorted(await open().load())).toEqual(["a", "b"])
  })

  it("a page that keeps nothing holds no lock", async () => {
    const page = open()
    expect(await page.load()).toEqual([])
    await page.put(note("a"))
    await page.put(note("b"))
    expect(locks.held.size).toBe(1)
    await page.remove("a")
    expect(locks.held.size).toBe(1)
    await page.remove("b")
    await vi.waitUntil(() => locks.held.size === 0)
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

it("says what the browser says where there is no access", async () => {
  const blocked = {
    open() {
      throw new DOMException("no storage in this window", "SecurityError")
    },
  }
  vi.stubGlobal("indexedDB", blocked)
  await expect(open().load()).rejects.toThrow("no storage in this window")
  await expect(open().put(note("a"))).rejects.toThrow("no storage in this window")
})
