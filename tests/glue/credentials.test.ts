// Credentials: who asks for them when, and that what was refused once is asked about once, by requests and by the
// connection together.
import { describe, expect, it, vi } from "vitest"
import { Credentials } from "../../js-glue/runtime/credentials"
import { answer, read, settle, world } from "./rules/harness"

const tokens = () => {
  let n = 0
  return vi.fn(async (_context: { reason?: string }) => ({ token: `t${++n}` }))
}

describe("credentials", () => {
  it("are asked for once by all that have none, and by all that were refused with them", async () => {
    const ask = tokens()
    const credentials = new Credentials(ask)
    const [first, same] = await Promise.all([credentials.get(), credentials.get()])
    expect(same).toBe(first)
    const renewed = await Promise.all([1, 2, 3].map(() => credentials.after(first, "401")))
    expect(renewed.map(({ token }) => token)).toEqual(["t2", "t2", "t2"])
    expect((await credentials.after(first, "401")).token).toBe("t2")
    expect(ask.mock.calls).toEqual([[{}], [{ reason: "401" }]])
  })

  it("are asked for once though that fails, however late the refusals come", async () => {
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

  it("that are refused again are asked for again, also where the token is the same", async () => {
    const ask = vi.fn(async () => ({ token: "always" }))
    const credentials = new Credentials(ask)
    const first = await credentials.get()
    const second = await credentials.after(first, "401")
    expect(second).not.toBe(first)
    const third = await credentials.after(second, "401")
    expect(third).not.toBe(second)
    expect(ask).toHaveBeenCalledTimes(3)
  })

  it("of objects without a token are told apart as objects", async () => {
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
    expect(auth.mock.calls).toEqual([[{}], [{ reason: "the server answered 401" }]])
  })

  it.each(["the request first", "the connection first"])("share it where both are refused: %s", async (order) => {
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
