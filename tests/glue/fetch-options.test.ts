// `fetchOptions` of createRuntime: sent with every request, and overridden by the request's own options.
import { describe, expect, it, onTestFinished } from "vitest"
import { createRuntime, type FetchOptions, type QueryArgs, type RuntimeOptions } from "../../js-glue"
import { withFetchOptions } from "../../js-glue/drivers/fetch-options"
import todoConfig from "../../web/src/generated-config"
import { until } from "../support/until"
import { wasm } from "./harness"

interface Sent extends RequestInit {
  url: string
  headers: Record<string, string>
}

const answer = () => new Response('{"body":{"items":[]}}')

async function made(fetchOptions: FetchOptions, more: RuntimeOptions = {}) {
  const sent: Sent[] = []
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    sent.push({ ...init, url: String(url), headers: init.headers as Record<string, string> })
    if (!String(url).includes("/socket.io/")) return answer()
    return new Promise<Response>(() => {})
  }
  const runtime = await createRuntime({
    ...{ url: "http://backend.test", plugins: [todoConfig], wasm, fetch, fetchOptions },
    ...more,
    socket: { autoConnect: false, transports: ["polling"], ...more.socket },
  })
  onTestFinished(() => runtime.dispose())
  const { $data } = runtime.usePluginApi("pacifico__todo")
  const read = (args: QueryArgs = {}) => $data.todo.getAll({ ...args, options: { useCache: false } }).execute()
  return { runtime, sent, read }
}

describe("fetchOptions", () => {
  it("apply to requests and to a polling connection", async () => {
    const { runtime, sent, read } = await made({ credentials: "include", headers: { "X-Tenant": "7" } })
    await read()
    runtime.connect()
    await until(() => sent.length === 2)
    expect(sent.map(({ url }) => new URL(url).pathname)).toEqual(["/todo/all", "/socket.io/"])
    for (const { credentials, headers } of sent) {
      expect(credentials).toBe("include")
      expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
      expect(headers["x-tenant"]).toBe("7")
    }
    expect(sent[0]?.headers.accept).toBe("application/json")
    expect(sent[1]?.cache).toBe("no-store")
  })

  it("are overridden by the query's config, the token of auth, and the socket's own options", async () => {
    const headers = { authorization: "Basic x", "x-tenant": "7", "x-other": "1" }
    const { runtime, sent, read } = await made(
      { credentials: "include", headers, mode: "cors" },
      { auth: { token: "t" }, socket: { extraHeaders: { "X-Tenant": "9" }, withCredentials: false } },
    )
    await read({ config: { credentials: "omit", headers: { "x-tenant": "8" } } })
    runtime.connect()
    await until(() => sent.length === 2)
    expect(sent[0]).toMatchObject({ credentials: "omit", mode: "cors", method: "GET" })
    expect(sent[0]?.headers).toMatchObject({ authorization: "Bearer t", "x-tenant": "8", "x-other": "1" })
    expect(sent[1]).toMatchObject({ credentials: "same-origin" })
    expect(sent[1]?.headers).toMatchObject({ "x-tenant": "9", "x-other": "1" })
  })

  it.each(["at once", "by a promise"])(
    "may be a function, which is asked at each request and answers %s",
    async (how) => {
      let count = 0
      const options = () => ({ headers: new Headers({ "x-csrf": String(++count) }) })
      const { sent, read } = await made(how === "at once" ? options : async () => options())
      await read()
      await read()
      expect(sent.map(({ headers }) => headers["x-csrf"])).toEqual(["1", "2"])
    },
  )

  it("of a function that returns nothing are empty", async () => {
    const { sent, read } = await made(() => undefined)
    expect((await read()).error).toBeUndefined()
    expect(sent[0]?.headers).toEqual({ accept: "application/json" })
  })

  it("of a function that throws make the request fail with that error", async () => {
    const { sent, read } = await made(() => {
      throw new Error("no cookie")
    })
    const { error } = await read()
    expect(error?.code).toBe("NETWORK_ERROR")
    expect(error?.message).toContain("`fetchOptions` failed: no cookie")
    expect(sent).toEqual([])
  })

  it("of another type are refused", async () => {
    const refused = made("include" as never)
    await expect(refused).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("`fetchOptions` must be an object or a function, not string"),
    })
  })

  it("that are missing leave fetch unchanged", () => {
    expect(withFetchOptions(fetch, undefined)).toBe(fetch)
  })
})
