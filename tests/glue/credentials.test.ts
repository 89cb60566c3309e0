// When the runtime calls `auth`. A refused token causes one call, shared by requests and the connection.
import { describe, expect, it, vi } from "vitest"
import { webLocks } from "../../js-glue/drivers/page-locks"
import { Credentials } from "../../js-glue/runtime/credentials"
import type { Auth } from "../../js-glue/types"
import { connect, FakePlatform, flush, makeRuntime } from "./harness"
import { PageLocks } from "./page-locks"
import { answer, read, settle, world } from "./rules/harness"

const tokens = () => {
  let n = 0
  return vi.fn(async (_context: { reason?: string }) => ({ token: `t${++n}` }))
}

describe("credentials", () => {
  it("are requested once for all that have none, and once for all that were refused with them", async () => {
    const ask = tokens()
    const credentials = new Credentials(ask)
    const [first, same] = await Promise.all([credentials.get(), credentials.get()])
    expect(same).toBe(first)
    const renewed = await Promise.all([1, 2, 3].map(() => credentials.after(first, "401")))
    expect(renewed.map(({ token }) => token)).toEqual(["t2", "t2", "t2"])
    expect((await credentials.after(first, "401")).token).toBe("t2")
    expect(ask.mock.calls).toEqual([[{}], [{ reason: "401" }]])
  })

  it("are requested once although `auth` fails, however late the refusals arrive", async () => {
    const ask = vi.fn().mockResolvedValueOnce({ token: "t1" }).mockRejectedValue(new Error("the login is over"))
    const credentials = new Credentials(ask)
    const first = await credentials.get()
    await expect(credentials.after(first, "401")).rejects.toThrow("the login is over")
    await expect(credentials.after(first, "401")).rejects.toThrow("the login is over")
    expect(ask).toHaveBeenCalledTimes(2)
    ask.mockResolvedValue({ token: "t2" })
    expect((await credentials.get()).token).toBe("t2")
    expect((await credentials.after(first, "401")).token).toBe("t2")
    expect(ask).toHaveBeenCalledTimes(3)
  })

  it("that are refused again are requested again, also if the token is the same", async () => {
    const ask = vi.fn(async () => ({ token: "always" }))
    const credentials = new Credentials(ask)
    const first = await credentials.get()
    const second = await credentials.after(first, "401")
    expect(second).not.toBe(first)
    const third = await credentials.after(second, "401")
    expect(third).not.toBe(second)
    expect(ask).toHaveBeenCalledTimes(3)
  })

  it("that take too long are requested again, for all that already wait for them", async () => {
    const answers: ((token: string) => void)[] = []
    const ask = vi.fn(() => new Promise((resolve) => answers.push((token) => resolve({ token }))))
    const credentials = new Credentials(ask)
    const waits = [credentials.get(), credentials.renew("expired")]
    credentials.giveUp()
    expect(ask).toHaveBeenCalledTimes(1)
    const again = credentials.renew("late")
    answers[1]?.("new")
    for (const one of [...waits, again]) expect(await one).toEqual({ token: "new" })
    answers[0]?.("old")
    await flush()
    expect(credentials.known).toEqual({ token: "new" })
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it("that take too long and then fail only fail those that wait for nothing newer", async () => {
    const ends: { resolve(answer: object): void; reject(error: Error): void }[] = []
    const ask = () => new Promise((resolve, reject) => ends.push({ resolve, reject }))
    const credentials = new Credentials(ask)
    const waits = credentials.get()
    credentials.giveUp()
    credentials.get().catch(() => {})
    ends[0]?.reject(new Error("late"))
    await flush()
    ends[1]?.resolve({ token: "new" })
    expect(await waits).toEqual({ token: "new" })
    const last = credentials.renew("expired")
    credentials.giveUp()
    ends[2]?.reject(new Error("late"))
    await expect(last).rejects.toThrow("late")
  })

  it("of a previous user are not used for later requests", async () => {
    const answers: ((token: string) => void)[] = []
    const credentials = new Credentials(() => new Promise((resolve) => answers.push((token) => resolve({ token }))))
    const before = credentials.get()
    credentials.reset()
    const after = credentials.get()
    answers[0]?.("anna's")
    expect(await before).toEqual({ token: "anna's" })
    expect(credentials.known).toBeUndefined()
    answers[1]?.("bert's")
    expect(await after).toEqual({ token: "bert's" })
  })

  it("without a token are compared as objects", async () => {
    const ask = vi.fn(async () => ({ user: "a" }))
    const credentials = new Credentials(ask)
    const first = await credentials.get()
    await credentials.after(first, "401")
    await credentials.after({ user: "a" }, "401")
    expect(ask).toHaveBeenCalledTimes(2)
  })
})

describe("requests and the connection", () => {
  async function connected(auth: ReturnType<typeof tokens>) {
    const made = await world({ runtime: { auth }, isConnected: false })
    made.runtime.connect()
    await settle()
    const { connection } = made.platform
    connection.opened()
    connection.text('0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
    await settle()
    return { ...made, connection }
  }

  it("cause one call of `auth` for thirty requests that get 401 at once", async () => {
    const auth = tokens()
    const made = await connected(auth)
    made.connection.text('40{"sid":"s1"}')
    for (let i = 0; i < 30; i++) void made.todo.get({ params: { _id: `${i}` } }).execute()
    await settle()
    for (const request of [...made.platform.requests]) request.answered(401, {})
    await settle()
    expect(made.platform.requests).toHaveLength(30)
    expect(auth.mock.calls.map(([{ reason }]) => reason)).toEqual([undefined, "the server answered 401"])
  })

  it.each(["the request first", "the connection first"])("share one call if both are refused: %s", async (order) => {
    const auth = tokens()
    const made = await connected(auth)
    void made.todo.getAll().execute()
    await settle()
    const steps = [
      () => made.platform.request().answered(401, {}),
      () => made.connection.text('44{"message":"token expired"}'),
    ]
    for (const step of order === "the request first" ? steps : steps.reverse()) {
      step()
      await settle()
    }
    made.platform.advance(10_000)
    await settle()
    expect(auth.mock.calls.map(([{ reason }]) => reason)).toHaveLength(2)
    expect(made.platform.request().headers.get("authorization")).toBe("Bearer t2")
    await answer(made.platform, read())
  })
})

describe("pages of one origin", () => {
  /** A connected page with one read in flight. It shares its login with the other pages at `locks`. */
  async function page(locks: PageLocks, auth: Auth, name = "page") {
    const platform = new FakePlatform()
    platform.acquireLock = webLocks("backend", platform.drivers.timers, locks.of(name))
    const { runtime, errors } = await makeRuntime({ auth }, platform)
    const { todo } = runtime.usePluginApi("pacifico__todo").$data
    const read = () => void todo?.getAll?.({ options: { useCache: false } }).execute()
    return { platform, runtime, errors, read }
  }

  /** Waits until every turn that can end has ended. */
  async function turns(...pages: { platform: FakePlatform }[]): Promise<void> {
    for (let i = 0; i < 5; i++) {
      await settle()
      for (const { platform } of pages) platform.advance(50)
    }
    await settle()
  }

  /** The stored login of pages whose refresh tokens are valid once, and a server that refuses two tokens. */
  function login() {
    let stored = 1
    let isUnderWay = false
    const spent = new Set<number>()
    const calls: string[] = []
    const authOf = (name: string) => {
      return async ({ reason }: { reason?: string }) => {
        if (reason !== undefined) {
          expect(isUnderWay).toBe(false)
          isUnderWay = true
          const mine = stored
          expect(spent.has(mine)).toBe(false)
          spent.add(mine)
          calls.push(`${name} spends ${mine}`)
          await flush()
          stored = mine + 1
          isUnderWay = false
        }
        return { token: `t${stored}` }
      }
    }
    return { authOf, calls }
  }

  it("renew one after the other when their common token has expired", async () => {
    const locks = new PageLocks()
    const { authOf, calls } = login()
    const pages = await Promise.all(["a", "b", "c"].map((name) => page(locks, authOf(name), name)))
    for (const { read } of pages) read()
    await turns(...pages)
    for (const { platform } of pages) platform.request().answered(401, {})
    await turns(...pages)
    expect(calls).toEqual(["a spends 1", "b spends 2", "c spends 3"])
    const sent = pages.map(({ platform }) => platform.request().headers.get("authorization"))
    expect(sent).toEqual(["Bearer t2", "Bearer t3", "Bearer t4"])
    expect(locks.held.size).toBe(0)
  })

  it("call `auth` one after the other also before anything was refused", async () => {
    const locks = new PageLocks()
    const answers: ((credentials: object) => void)[] = []
    const auth = vi.fn(() => new Promise<Record<string, unknown>>((resolve) => answers.push(resolve as never)))
    const pages = [await page(locks, auth), await page(locks, auth)]
    for (const { read } of pages) read()
    await settle()
    expect(auth).toHaveBeenCalledTimes(1)
    answers[0]?.({ token: "t1" })
    await turns(...pages)
    expect(auth).toHaveBeenCalledTimes(2)
    expect(pages[0]?.platform.request().headers.get("authorization")).toBe("Bearer t1")
  })

  it("that fail, or never answer, pass their turn to the next", async () => {
    const locks = new PageLocks()
    const hangs = await page(locks, () => new Promise(() => {}))
    const fails = await page(locks, () => Promise.reject(new Error("the login is over")))
    const works = await page(locks, () => ({ token: "t1" }))
    for (const { read } of [hangs, fails, works]) read()
    await settle()
    expect(works.platform.requests).toEqual([])
    hangs.platform.advance(10_000)
    await turns(hangs, fails)
    expect(works.platform.request().headers.get("authorization")).toBe("Bearer t1")
  })

  it("that are disposed while they wait do not call `auth`, and block no other", async () => {
    const locks = new PageLocks()
    const first = await page(locks, () => new Promise(() => {}))
    const auth = vi.fn(() => ({ token: "t1" }))
    const second = await page(locks, auth)
    for (const { read } of [first, second]) read()
    await settle()
    second.runtime.dispose()
    first.platform.advance(10_000)
    await turns(first, second)
    expect([auth.mock.calls.length, locks.held.size, second.platform.timers.size]).toEqual([0, 0, 0])
  })

  it("do not wait if `auth` is an object, or another namespace's", async () => {
    const locks = new PageLocks()
    const first = await page(locks, () => new Promise(() => {}))
    first.read()
    await settle()
    const second = await page(locks, { token: "fixed" })
    second.read()
    await settle()
    expect(second.platform.request().headers.get("authorization")).toBe("Bearer fixed")
    const auth = vi.fn(() => ({ token: "admin" }))
    second.runtime.of("/admin", { auth }).connect()
    await connect(second.runtime, second.platform)
    await settle()
    expect(auth).toHaveBeenCalledTimes(1)
  })
})
