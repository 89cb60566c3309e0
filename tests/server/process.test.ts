// The backend as a process: start, output, and shutdown.
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { io } from "socket.io-client"
import { describe, expect, it, onTestFinished } from "vitest"
import { Backend, freePort } from "../support/backend"
import { root, runScript } from "../support/process"
import { temporaryFolder } from "./harness"

const main = join(root, "server-stub/main.ts")

async function startBackend(env: Record<string, string> = {}): Promise<Backend> {
  const backend = await Backend.create({ env })
  onTestFinished(() => backend.dispose())
  return backend
}

describe("main", () => {
  it("serves, and exits with 0 on a signal, with its sockets closed", async () => {
    const backend = await startBackend()
    expect(await (await fetch(`${backend.url}health`)).json()).toEqual({ status: "ok" })
    const auth = { token: await backend.token("anna") }
    const socket = io(backend.url, { auth, transports: ["websocket"], reconnection: false })
    await once(socket as never, "connect")
    const left = once(socket as never, "disconnect")
    expect(await backend.stop()).toBe(0)
    await left
  })

  it("keeps todos and logins after a kill", async () => {
    const backend = await startBackend()
    const headers = { authorization: `Bearer ${await backend.token("anna")}` }
    await backend.addTodo("Milk")
    await backend.kill()
    await backend.start()
    const answer = await fetch(`${backend.url}todo/all`, { headers })
    const { body } = (await answer.json()) as { body: { items: { name: string }[] } }
    expect(body.items.map(({ name }) => name)).toEqual(["Milk"])
  })

  it.each<[string, Record<string, string>, number]>([
    ["where DEV_LOGIN is 1", { DEV_LOGIN: "1" }, 400],
    ["not unless it is asked for", { DEV_LOGIN: "" }, 404],
    ["not for any other value", { DEV_LOGIN: "0" }, 404],
    ["not in production", { NODE_ENV: "production", JWT_SECRET: "of the test", DEV_LOGIN: "1" }, 404],
  ])("has a development login %s", async (_when, env, status) => {
    const backend = await startBackend(env)
    const answer = await fetch(`${backend.url}auth/dev-login`, { method: "POST" })
    expect(answer.status).toBe(status)
  })

  it("does not start in production without a secret", async () => {
    const env = { NODE_ENV: "production", JWT_SECRET: undefined, RACLETTE_DATA: await temporaryFolder(), PORT: "0" }
    const { code, stdout, stderr } = await runScript(main, [], env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toContain("JWT_SECRET is not set")
  })

  it("reports an unreachable database", async () => {
    const port = await freePort()
    const env = { DATABASE_URL: `postgres://anna:secret@127.0.0.1:${port}/raclette`, PORT: "0" }
    const { code, stderr } = await runScript(main, [], { ...env, RACLETTE_DATA: await temporaryFolder() })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `Cannot connect to DATABASE_URL: connect ECONNREFUSED 127.0.0.1:${port}. Check that PostgreSQL runs, and that host, user, password and database name are right.\n`,
    })
  })

  it("reports an unreachable Redis", async () => {
    const port = await freePort()
    const env = { REDIS_URL: `redis://:secret@127.0.0.1:${port}`, PORT: "0", RACLETTE_DATA: await temporaryFolder() }
    const { code, stderr } = await runScript(main, [], env)
    expect(code).toBe(1)
    const reason = `Cannot connect to REDIS_URL: connect ECONNREFUSED 127.0.0.1:${port}. Check that Redis runs, and that host, port and password are right.\n`
    expect(stderr.endsWith(reason)).toBe(true)
    expect(stderr).not.toContain("secret")
  })

  it("reports a port in use", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const { code, stderr } = await runScript(main, [], { PORT: String(port), RACLETTE_DATA: await temporaryFolder() })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `Port ${port} is already in use. Stop the process that listens there, or set PORT to a free port.\n`,
    })
  })
})
