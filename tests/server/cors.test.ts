// CORS: every method of every route passes its preflight with the headers that the runtime sends, and the headers that
// it reads are exposed.
import { describe, expect, it } from "vitest"
import { makeApp } from "./harness"

const origin = "http://page.example"

describe("a page of another origin", () => {
  it("may use every method of every route, with the headers of a retry", async () => {
    const app = await makeApp()
    const operations = app.generatedConfigs.flatMap(({ data }) =>
      Object.values(data).flatMap(({ operations }) => Object.values(operations)),
    )
    const methods = new Set([...operations.map(({ method }) => method.toUpperCase()), "PUT"])
    expect(methods).toEqual(new Set(["GET", "POST", "PATCH", "DELETE", "PUT"]))
    for (const method of methods) {
      const headers = {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,idempotency-key",
      }
      const answer = await app.inject({ method: "OPTIONS", url: "/todo/some-id", headers })
      const list = (name: string) => String(answer.headers[name]).split(/, */)
      expect(answer.statusCode).toBe(204)
      expect(answer.headers["access-control-allow-origin"]).toBe(origin)
      expect(list("access-control-allow-methods")).toContain(method)
      expect(list("access-control-allow-headers")).toEqual(["authorization", "content-type", "idempotency-key"])
    }
  })

  it("may read retry-after and raclette-commit", async () => {
    const app = await makeApp({ rateLimit: 1 })
    await app.inject({ url: "/raclette/config", headers: { origin } })
    const answer = await app.inject({ url: "/raclette/config", headers: { origin } })
    expect(answer.statusCode).toBe(429)
    expect(answer.headers["retry-after"]).toBeDefined()
    expect(answer.headers["access-control-expose-headers"]).toBe("retry-after, raclette-commit")
  })
})
