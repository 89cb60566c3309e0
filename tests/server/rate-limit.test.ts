// Rate limits: which requests are refused, how trusted proxies name their clients, and that nodes count together while
// Redis is reachable.
import type { FastifyInstance } from "fastify"
import { describe, expect, it, onTestFinished } from "vitest"
import { parseTrustProxy } from "../../server-stub/raclette/trust-proxy"
import { startRedis } from "../support/servers"
import { makeApp, requester, tokenOf } from "./harness"

/** Sends a request with `headers` from `remoteAddress`; resolves with its status. */
async function ask(app: FastifyInstance, headers: Record<string, string> = {}, remoteAddress = "127.0.0.1") {
  const authorization = `Bearer ${tokenOf(app)}`
  return (await app.inject({ url: "/todo/all", headers: { ...headers, authorization }, remoteAddress })).statusCode
}

/** Sends one request with each of these X-Forwarded-For values. */
async function askFor(app: FastifyInstance, forwarded: string[], remoteAddress?: string): Promise<number[]> {
  const statuses: number[] = []
  for (const one of forwarded) statuses.push(await ask(app, { "x-forwarded-for": one }, remoteAddress))
  return statuses
}

describe("too many requests", () => {
  it("of one address get 429 with Retry-After; /health still responds", async () => {
    const app = await makeApp({ rateLimit: 3 })
    const send = requester(app)
    for (let i = 0; i < 3; i++) expect((await send("GET", "/todo/all")).status).toBe(200)
    const headers = { authorization: `Bearer ${tokenOf(app)}` }
    const answer = await app.inject({ url: "/todo/all", headers })
    expect(answer.json()).toEqual({
      statusCode: 429,
      error: "Too Many Requests",
      message: "Rate limit exceeded, retry in 1 minute",
    })
    expect(answer.headers["retry-after"]).toBe("60")
    expect(await ask(app, {}, "127.0.0.2")).toBe(200)
    expect((await app.inject("/health")).statusCode).toBe(200)
  })

  it("count for the proxy itself if it is not trusted, whatever client it names", async () => {
    const app = await makeApp({ rateLimit: 2 })
    expect(await askFor(app, ["10.0.0.1", "10.0.0.2", "10.0.0.3"])).toEqual([200, 200, 429])
  })

  it("count for the client that the last trusted proxy names, not for addresses that the client invents", async () => {
    const app = await makeApp({ rateLimit: 2, trustProxy: ["loopback"] })
    expect(await askFor(app, ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"])).toEqual([200, 200, 429, 200])
    expect(await askFor(app, ["10.9.9.9, 10.0.0.1"])).toEqual([429])
  })

  it("count for a client that sends X-Forwarded-For itself", async () => {
    const app = await makeApp({ rateLimit: 1, trustProxy: ["10.1.0.0/16"] })
    expect(await askFor(app, ["10.0.0.1", "10.0.0.2"], "10.1.0.1")).toEqual([200, 200])
    expect(await askFor(app, ["10.0.0.3", "10.0.0.4"], "10.2.0.1")).toEqual([200, 429])
  })
})

describe("nodes", () => {
  it("count together, and refuse no request while Redis is unreachable", async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const options = { redisUrl: redis.url, rateLimit: 4 }
    const [here, there] = [await makeApp(options), await makeApp(options)]
    const statuses: number[] = []
    for (const app of [here, there, here, there, here, there]) statuses.push(await ask(app))
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429])
    expect(await ask(there, {}, "127.0.0.2")).toBe(200)
    await redis.stop()
    const asked = performance.now()
    expect([await ask(here), await ask(there)]).toEqual([200, 200])
    expect(performance.now() - asked).toBeLessThan(1000)
  })
})

describe("TRUST_PROXY", () => {
  it.each([
    [undefined, false],
    ["", false],
    [" 10.0.0.1 ", ["10.0.0.1"]],
    ["10.0.0.1, fd00::/8,loopback", ["10.0.0.1", "fd00::/8", "loopback"]],
  ])("%j is read as %j", (value, proxies) => {
    expect(parseTrustProxy(value)).toEqual(proxies)
  })

  it.each(["true", "1", "10.0.0.0/33", "10.0.0.1/", "a.proxy", "10.0.0.1,,"])("%j is refused, with why", (value) => {
    expect(() => parseTrustProxy(value)).toThrow(
      /^TRUST_PROXY contains ".*", which is not an address. Set it to IP addresses/,
    )
  })
})
