// Who may what over HTTP: tokens, the login for development, and the secret that signs.
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readSecret } from "../../server-stub/raclette/auth"
import { makeApp, temporaryFolder, tokenOf } from "./harness"

const routes = [
  ["GET", "/todo/all"],
  ["GET", "/todo/1"],
  ["POST", "/todo"],
  ["PATCH", "/todo/1"],
  ["DELETE", "/todo/1"],
  ["DELETE", "/todo/1/hard"],
  ["GET", "/note/all"],
  ["POST", "/note"],
  ["POST", "/note/1/archive"],
  ["DELETE", "/note/1"],
] as const

describe("a route that authenticates", () => {
  it.each(routes)("%s %s answers 401 without a token, before it looks at the rest", async (method, url) => {
    const app = await makeApp()
    const answer = await app.inject({ method, url })
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({
      statusCode: 401,
      error: "Unauthorized",
      message: "No Authorization was found in request.headers",
    })
  })

  it.each([
    ["is malformed", () => "x.y.z"],
    ["has another signature", (token: string) => `${token.slice(0, token.lastIndexOf(".") + 1)}${"A".repeat(43)}`],
    ["says that it needs no signature", (token: string) => `${btoa('{"alg":"none"}')}.${token.split(".")[1]}.`],
  ])("answers 401 to a token that %s", async (_name, change) => {
    const app = await makeApp()
    const headers = { authorization: `Bearer ${change(tokenOf(app))}` }
    expect((await app.inject({ url: "/todo/all", headers })).statusCode).toBe(401)
  })

  it("answers 401 to an expired token, and says that it is", async () => {
    const app = await makeApp()
    const token = app.jwt.sign({ _id: "1", name: "anna", iat: 1000 } as never, { expiresIn: "1h" })
    const answer = await app.inject({ url: "/todo/all", headers: { authorization: `Bearer ${token}` } })
    expect(answer.statusCode).toBe(401)
    expect(answer.json().message).toMatch(/expired/)
  })
})

describe("the development login", () => {
  const login = (user: unknown) => ({ method: "POST" as const, url: "/auth/dev-login", payload: { user } as object })

  it("gives a token that works, and says what it is", async () => {
    const app = await makeApp({ devLogin: true })
    const answer = (await app.inject(login("anna"))).json()
    expect(answer.user).toEqual({ _id: expect.any(String), name: "anna" })
    expect(answer.note).toMatch(/development only/)
    const headers = { authorization: `Bearer ${answer.token}` }
    expect((await app.inject({ url: "/todo/all", headers })).statusCode).toBe(200)
  })

  it("knows a user again, and takes the projects that it is told", async () => {
    const app = await makeApp({ devLogin: true })
    const ask = async (payload: object) =>
      (await app.inject({ method: "POST", url: "/auth/dev-login", payload })).json()
    const first = await ask({ user: "anna" })
    const second = await ask({ user: "anna", projects: ["garden"] })
    expect(second.user).toEqual({ ...first.user, projects: ["garden"] })
    expect((await ask({ user: "ben" })).user._id).not.toBe(first.user._id)
    expect(app.jwt.verify(second.token)).toMatchObject(second.user)
  })

  it("is not there unless it is asked for", async () => {
    expect((await (await makeApp()).inject(login("anna"))).statusCode).toBe(404)
  })

  it.each([[""], ["x".repeat(101)], [7], [undefined]])("refuses the user %j", async (user) => {
    expect((await (await makeApp({ devLogin: true })).inject(login(user))).statusCode).toBe(400)
  })
})

describe("the secret", () => {
  it("is the environment's", async () => {
    expect(readSecret({ JWT_SECRET: "s", NODE_ENV: "production" }, "/nowhere")).toBe("s")
  })

  it("has to be set in production", () => {
    expect(() => readSecret({ NODE_ENV: "production" }, "/nowhere")).toThrow("JWT_SECRET is not set")
  })

  it("is made once in development, for the owner's eyes only", async () => {
    const folder = join(await temporaryFolder(), "data")
    const secret = readSecret({}, folder)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(readSecret({}, folder)).toBe(secret)
    const file = join(folder, "development-secret")
    expect(await readFile(file, "utf8")).toBe(secret)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})
