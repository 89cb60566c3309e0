// The turns driver on fake Web Locks: which page has the lock, and that none waits forever.
import { afterEach, describe, expect, it, vi } from "vitest"
import { webLocks } from "../../js-glue/drivers/page-locks"
import type { AcquireLock } from "../../js-glue/types/drivers"
import { FakePlatform, flush } from "./harness"
import { PageLocks } from "./page-locks"

/** Longer than any page waits. */
const LOCK_TIMEOUT = 20_000

function pages() {
  const locks = new PageLocks()
  const platform = new FakePlatform()
  const log: string[] = []
  const ends = new Map<string, () => void>()
  const page = (name: string): AcquireLock => {
    const acquireLock = webLocks("raclette-wasm http://backend.test", platform.drivers.timers, locks.of(name))
    if (!acquireLock) throw new Error("there are locks")
    return acquireLock
  }
  /** Requests the turn of a page, which records when it begins. */
  const take = async (name: string, acquireLock = page(name), what = "auth") => {
    void acquireLock(what).then((end) => {
      log.push(name)
      ends.set(name, end)
    })
    await flush()
  }
  const end = async (name: string) => {
    ends.get(name)?.()
    platform.advance(50)
    await flush()
    await flush()
  }
  const advance = async (ms: number) => {
    platform.advance(ms)
    await flush()
  }
  return { locks, platform, log, page, take, end, advance }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe("turns", () => {
  it("are granted one after the other, in the order of the requests", async () => {
    const { log, take, end, platform, locks } = pages()
    for (const name of ["a", "b", "c"]) await take(name)
    expect(log).toEqual(["a"])
    await end("a")
    expect(log).toEqual(["a", "b"])
    await end("b")
    await end("c")
    expect([log, locks.held.size, platform.timers.size]).toEqual([["a", "b", "c"], 0, 0])
  })

  it("with different names are independent", async () => {
    const { log, take, page, locks } = pages()
    await take("a")
    await take("b", page("b"), "auth /admin")
    expect(log).toEqual(["a", "b"])
    expect([...locks.held.keys()]).toEqual([
      "raclette-wasm http://backend.test auth",
      "raclette-wasm http://backend.test auth /admin",
    ])
  })

  it("begin 50 ms after the end of the one before, so that what it wrote has arrived", async () => {
    const { platform, log, page, take } = pages()
    const end = await page("a")("auth")
    await take("b")
    end()
    platform.advance(49)
    await flush()
    expect(log).toEqual([])
    platform.advance(1)
    await flush()
    expect(log).toEqual(["b"])
  })

  it("end by themselves after 10 s, and ending one later ends no other", async () => {
    const { log, take, end, advance, locks } = pages()
    await take("a")
    await take("b")
    await advance(9999)
    expect(log).toEqual(["a"])
    await advance(1)
    expect(log).toEqual(["a", "b"])
    await end("a")
    await take("c")
    expect(log).toEqual(["a", "b"])
    expect([...locks.held.values()].map(({ page }) => page)).toEqual(["b"])
  })

  it("are taken by force from a page that is frozen, each page in its time", async () => {
    const { locks, log, take, end, advance } = pages()
    locks.freeze("a")
    vi.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValueOnce(0.6).mockReturnValueOnce(0.4)
    for (const name of ["a", "b", "c"]) await take(name)
    await advance(13_999)
    expect(log).toEqual([])
    await advance(1)
    expect(log).toEqual(["c"])
    await end("c")
    expect(log).toEqual(["c", "b"])
    await end("b")
    expect(locks.held.size).toBe(0)
  })

  it("are not taken from a page that works by one that was frozen itself", async () => {
    const { platform, log, take, end } = pages()
    await take("a")
    await take("b")
    // The page sleeps: its clock goes on. Its timers and granted locks wait until it wakes.
    platform.now += 60_000
    platform.advance(0)
    await end("a")
    platform.advance(0)
    await flush()
    expect(log).toEqual(["a", "b"])
  })

  it("that were taken by force end without disturbing who has them now", async () => {
    const { locks, log, take, end, advance, platform } = pages()
    // The page is paused in a debugger: its turn has begun, and its timers do not run.
    await take("a")
    for (const id of [...platform.timers.keys()]) platform.timers.delete(id)
    await take("b")
    await advance(LOCK_TIMEOUT)
    expect(log).toEqual(["a", "b"])
    await take("c")
    await end("a")
    expect(log).toEqual(["a", "b"])
    expect(locks.held.size).toBe(1)
  })

  it("begin at once where the browser refuses locks, or there are none", async () => {
    const { timers } = new FakePlatform().drivers
    const refused = { request: () => Promise.reject(new DOMException("no storage here", "SecurityError")) }
    const platform = new FakePlatform()
    const acquireLock = webLocks("x", platform.drivers.timers, refused as unknown as LockManager)
    const end = await acquireLock?.("auth")
    end?.()
    platform.advance(50)
    expect([typeof end, platform.timers.size]).toEqual(["function", 0])
    const threw = { request: () => void JSON.parse("") }
    expect(typeof (await webLocks("x", timers, threw as unknown as LockManager)?.("auth"))).toBe("function")
  })
})
