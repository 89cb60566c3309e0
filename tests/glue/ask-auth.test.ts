// `auth` that answers through its callback, as in socket.io-client, or by its return value: the first answer counts,
// and each way of failing has a defined outcome.
import { describe, expect, it, vi } from "vitest"
import { askAuth } from "../../js-glue/runtime/ask-auth"
import { Credentials } from "../../js-glue/runtime/credentials"
import type { Auth, AuthCallback } from "../../js-glue/types"
import { flush, HANDSHAKE, makeRuntime } from "./harness"
import { settle, world } from "./rules/harness"

type Cb = (credentials?: unknown) => void

const isOpen = () => false
const credentials = (auth: unknown, acquireLock?: () => Promise<() => void>) =>
  new Credentials(askAuth(auth as Auth, acquireLock, "auth", isOpen))
/** Evaluates both arguments in order and returns the second. */
const both = <Second>(_first: unknown, second: Second): Second => second
const later = () => new Promise<void>((resolve) => setImmediate(resolve))
const soon = (cb: Cb): void => void later().then(() => cb({ token: "t" }))

describe("an answer", () => {
  it.each<[string, unknown]>([
    ["cb, at once", (cb: Cb) => cb({ token: "t" })],
    ["cb, later", (cb: Cb) => soon(cb)],
    ["cb, from a promise", (cb: Cb) => later().then(() => cb({ token: "t" }))],
    ["cb, from an async function", async (cb: Cb) => cb(await later().then(() => ({ token: "t" })))],
    ["cb, after an async function has returned", async (cb: Cb) => soon(cb)],
    ["cb, while a promise hangs", (cb: Cb) => both(cb({ token: "t" }), new Promise(() => {}))],
    ["cb, by an arrow that returns a timer's number", (cb: Cb) => both(soon(cb), 7)],
    ["cb, by an arrow that returns an unsubscribe", (cb: Cb) => both(soon(cb), () => {})],
    ["cb, of a function without a declared argument", (...args: Cb[]) => args[0]?.({ token: "t" })],
    ["returned", () => ({ token: "t" })],
    ["returned by a function with an argument", ({ reason }: AuthCallback) => ({ token: reason ?? "t" })],
    ["promised", async () => ({ token: "t" })],
  ])("counts: %s", async (_what, auth) => {
    expect(await credentials(auth).get()).toEqual({ token: "t" })
  })

  it.each<[string, unknown]>([
    ["a second call", (cb: Cb) => both(cb({ token: "first" }), cb({ token: "second" }))],
    ["what is returned after a call", (cb: Cb) => both(cb({ token: "first" }), { token: "second" })],
    ["a call after what was returned", (cb: Cb) => both(soon(cb), { token: "first" })],
    ["a call with nothing after one with something", (cb: Cb) => both(cb({ token: "first" }), cb())],
    [
      "what is thrown after a call",
      (cb: Cb) => {
        cb({ token: "first" })
        throw new Error("too late")
      },
    ],
    ["a rejection after a call", (cb: Cb) => both(cb({ token: "first" }), Promise.reject(new Error("too late")))],
  ])("is the first one, without %s", async (_what, auth) => {
    const known = credentials(auth)
    expect(await known.get()).toEqual({ token: "first" })
    await later()
    expect(known.known).toEqual({ token: "first" })
  })

  it("gets the reason, in both forms", async () => {
    const reasons: unknown[] = []
    for (const auth of [
      (cb: AuthCallback) => both(reasons.push(cb.reason), cb({ token: cb.reason ?? "none" })),
      ({ reason }: AuthCallback) => both(reasons.push(reason), { token: reason ?? "none" }),
    ]) {
      const asked = credentials(auth)
      const first = await asked.get()
      expect(await asked.after(first, "expired")).toEqual({ token: "expired" })
    }
    expect(reasons).toEqual([undefined, "expired", undefined, "expired"])
  })

  it("ends the turn of its page, by `cb` and by return value", async () => {
    for (const auth of [(cb: Cb) => cb({ token: "t" }), () => ({ token: "t" })]) {
      const end = vi.fn()
      expect(await credentials(auth, async () => end).get()).toEqual({ token: "t" })
      expect(end).toHaveBeenCalledTimes(1)
    }
  })
})

describe("no answer", () => {
  it.each<[string, unknown]>([
    ["a function without an argument that returns nothing", () => {}],
    ["an async one", async () => {}],
    ["a number", () => 7],
    ["a text", (_cb: Cb) => "token"],
    ["null", (_cb: Cb) => null],
    ["cb with nothing", (cb: Cb) => cb()],
    ["cb with null", (cb: Cb) => cb(null)],
    ["cb with a text", (cb: Cb) => cb("token")],
  ])("is an error that says what to do: %s", async (_what, auth) => {
    await expect(credentials(auth).get()).rejects.toThrow(
      "`auth` must return an object, or call its argument with one, for example { token }",
    )
  })

  it("is an error that is thrown before a call", async () => {
    const thrown = new Error("no login")
    const sync = (cb: Cb) => {
      soon(cb)
      throw thrown
    }
    await expect(credentials(sync).get()).rejects.toBe(thrown)
    await expect(credentials((_cb: Cb) => Promise.reject(thrown)).get()).rejects.toBe(thrown)
  })

  it("of a connection within `timeout` is requested again, and a late call is ignored", async () => {
    const calls: AuthCallback[] = []
    const { platform, runtime } = await makeRuntime({
      auth: (cb) => void calls.push(cb),
      socket: { randomizationFactor: 0 },
    })
    runtime.connect()
    const { connection } = platform
    connection.opened()
    connection.text(HANDSHAKE)
    await flush()
    platform.advance(20_000)
    expect(runtime.$socket.reason.value).toMatchObject({ code: "AUTH_FAILED" })
    calls[0]?.({ token: "late" })
    await flush()
    platform.advance(1000)
    await flush()
    expect(calls).toHaveLength(2)
    calls[1]?.({ token: "t" })
    await flush()
    expect(connection.sent).toEqual(['40{"token":"t"}'])
  })

  it("of a request fails after the query's `timeout`", async () => {
    const { todo, platform } = await world({ runtime: { auth: (_cb) => {} }, isConnected: false })
    const execution = todo.get({ params: { _id: "1" }, options: { timeout: 5000, retry: 0 } }).execute()
    await settle()
    platform.advance(5000)
    expect((await execution).error).toMatchObject({ code: "REQUEST_TIMEOUT" })
    expect(platform.requests).toEqual([])
  })
})
