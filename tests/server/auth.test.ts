// Authentication over HTTP: tokens, the development login, and the secret.
import { createHmac, generateKeyPairSync, sign } from "node:crypto"
import { once } from "node:events"
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readSecret } from "../../server-stub/raclette/auth"
import { listen, makeApp, openSocket, SECRET, temporaryFolder, tokenOf } from "./harness"

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
  it.each(routes)("%s %s gets 401 without a token, before validation", async (method, url) => {
    const app = await makeApp()
    const answer = await app.inject({ method, url })
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({
      statusCode: 401,
      error: "Unauthorized",
      message: "No Authorization was found in request.headers",
    })
  })

  /** A token that `sign` signed. */
  const signed = (alg: string, sign: (text: string) => Buffer) => {
    const text = [
      { alg, typ: "JWT" },
      { _id: "1", name: "anna" },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".")
    return `${text}.${sign(text).toString("base64url")}`
  }
  const hmac = (hash: string, key: string) => (text: string) => createHmac(hash, key).update(text).digest()
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const withHead = (head: object) => (token: string) =>
    `${Buffer.from(JSON.stringify(head)).toString("base64url")}.${token.split(".").slice(1).join(".")}`
  it.each<[string, (token: string) => string]>([
    ["is malformed", () => "x.y.z"],
    ["has no parts", () => "x"],
    ["has one part too many", (token) => `${token}.x`],
    ["is not text of JSON", () => "AAAA.BBBB.CCCC"],
    ["has another signature", (token) => `${token.slice(0, token.lastIndexOf(".") + 1)}${"A".repeat(43)}`],
    ["has no signature", (token) => `${token.slice(0, token.lastIndexOf(".") + 1)}`],
    ["says that it needs no signature", (token) => `${btoa('{"alg":"none"}')}.${token.split(".")[1]}.`],
    ["names RS256 in its head", withHead({ alg: "RS256", typ: "JWT" })],
    ["names ES256 in its head", withHead({ alg: "ES256", typ: "JWT" })],
    ["names EdDSA in its head", withHead({ alg: "EdDSA", typ: "JWT" })],
    ["names what is no algorithm", withHead({ alg: ["HS256"] })],
    ["names no algorithm", withHead({ typ: "JWT" })],
    ["is of another type", withHead({ alg: "HS256", typ: "JOSE" })],
    ["somebody signed by a key pair", () => signed("RS256", (text) => sign("sha256", Buffer.from(text), privateKey))],
    ["somebody signed by another secret", () => signed("HS256", hmac("sha256", "another"))],
    ["is signed by the secret in another way", () => signed("HS512", hmac("sha512", SECRET))],
  ])("answers 401 to a token that %s, and lets no socket in by it", async (_name, change) => {
    const log: string[] = []
    const logger = { level: "error", stream: { write: (line: string) => void log.push(line) } }
    const { app, url } = await listen({ logger })
    const token = change(tokenOf(app))
    const headers = { authorization: `Bearer ${token}` }
    const answer = await app.inject({ url: "/todo/all", headers })
    expect([answer.statusCode, answer.json().error]).toEqual([401, "Unauthorized"])
    const [error] = await once(openSocket(url, { token }) as never, "connect_error")
    expect((error as { data?: unknown }).data).toEqual({ code: "UNAUTHORIZED" })
    expect(log).toEqual([])
  })

  it("gets 401 with an expired token, with the reason", async () => {
    const app = await makeApp()
    const token = app.jwt.sign({ _id: "1", name: "anna", iat: 1000 } as never, { expiresIn: "1h" })
    const answer = await app.inject({ url: "/todo/all", headers: { authorization: `Bearer ${token}` } })
    expect(answer.statusCode).toBe(401)
    expect(answer.json().message).toMatch(/expired/)
  })
})

describe("the development login", () => {
  const login = (user: unknown) => ({ method: "POST" as const, url: "/auth/dev-login", payload: { user } as object })

  it("issues a valid token, and says that it is for development", async () => {
    const app = await makeApp({ devLogin: true })
    const answer = (await app.inject(login("anna"))).json()
    expect(answer.user).toEqual({ _id: expect.any(String), name: "anna" })
    expect(answer.note).toMatch(/development only/)
    const headers = { authorization: `Bearer ${answer.token}` }
    expect((await app.inject({ url: "/todo/all", headers })).statusCode).toBe(200)
  })

  it("gives the same name the same id, and accepts projects", async () => {
    const app = await makeApp({ devLogin: true })
    const ask = async (payload: object) =>
      (await app.inject({ method: "POST", url: "/auth/dev-login", payload })).json()
    const first = await ask({ user: "anna" })
    const second = await ask({ user: "anna", projects: ["garden"] })
    expect(second.user).toEqual({ ...first.user, projects: ["garden"] })
    expect((await ask({ user: "ben" })).user._id).not.toBe(first.user._id)
    expect(app.jwt.verify(second.token)).toMatchObject(second.user)
  })

  it("does not exist by default", async () => {
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

  it("is generated once in development, in a file that only its owner can read", async () => {
    const folder = join(await temporaryFolder(), "data")
    const secret = readSecret({}, folder)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(readSecret({}, folder)).toBe(secret)
    const file = join(folder, "development-secret")
    expect(await readFile(file, "utf8")).toBe(secret)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})
