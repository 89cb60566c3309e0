// The documentation of the API: OpenAPI, a page that loads nothing from other hosts, and a machine-readable log.
import { Writable } from "node:stream"
import { describe, expect, it } from "vitest"
import { makeApp, requester, tokenOf } from "./harness"

describe("the documentation", () => {
  it("lists the routes of all plugins, with their schemas and authentication", async () => {
    const api = (await (await makeApp({ devLogin: true })).inject("/documentation/json")).json()
    expect(Object.keys(api.paths).sort()).toEqual([
      ...["/auth/dev-login", "/auth/refresh"],
      ...["/note", "/note/all", "/note/{_id}", "/note/{_id}/archive"],
      ...["/todo", "/todo/all", "/todo/{_id}", "/todo/{_id}/hard", "/todo/{_id}/restore"],
    ])
    const { post } = api.paths["/todo"]
    expect(post).toMatchObject({ summary: "Create a todo", tags: ["pacifico/todo"], security: [{ token: [] }] })
    expect(post.requestBody.content["application/json"].schema.required).toEqual(["name"])
    expect(api.paths["/auth/dev-login"].post).not.toHaveProperty("security")
  })

  it("does not list the development login if it is off", async () => {
    const api = (await (await makeApp()).inject("/documentation/json")).json()
    expect(api.paths).not.toHaveProperty("/auth/dev-login")
  })

  it("has a page that loads nothing from other hosts", async () => {
    const app = await makeApp()
    const page = await app.inject("/documentation/")
    expect(page.headers["content-type"]).toMatch("text/html")
    expect(page.headers["content-security-policy"]).toMatch("default-src 'self'")
    const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => part ?? "")
    expect(parts.length).toBeGreaterThan(3)
    for (const part of parts) {
      const url = new URL(part, "http://here/documentation/")
      expect(url.host).toBe("here")
      expect((await app.inject(url.pathname)).statusCode).toBe(200)
    }
  })
})

describe("the log", () => {
  it("has one line of JSON per entry, with the request's id and without tokens", async () => {
    const lines: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const app = await makeApp({ logger: { level: "info", stream } })
    app.database.select = () => {
      throw new Error("the disk is full")
    }
    expect((await requester(app)("GET", "/todo/all")).status).toBe(500)
    const entries = lines.map((line) => JSON.parse(line))
    const [failure] = entries.filter(({ level }) => level === 50)
    expect(failure).toMatchObject({ reqId: "req-1", err: { message: "the disk is full" } })
    expect(entries.filter(({ reqId }) => reqId === "req-1").map(({ msg }) => msg)).toContain("request completed")
    expect(lines.join("")).not.toContain(tokenOf(app).split(".")[0])
  })
})
