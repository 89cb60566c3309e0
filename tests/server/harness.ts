// A backend in the test's process, with its database in its own folder, and real socket.io-clients. Everything ends
// with the test.
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { FastifyInstance, InjectOptions } from "fastify"
import { io, type Socket } from "socket.io-client"
import { onTestFinished } from "vitest"
import { type AppOptions, buildApp } from "../../server-stub/app"
import type { PluginFastifyInstance, RaclettePlugin, User } from "../../server-stub/raclette/types"

export const SECRET = "a secret of the tests alone"

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "raclette-server-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** An app that is ready for `inject()`. */
export async function makeApp(options: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  const dataFolder = options.dataFolder ?? (await temporaryFolder())
  const app = await buildApp({ dataFolder, secret: SECRET, ...options })
  onTestFinished(() => app.close())
  await app.ready()
  return app
}

/** A listening app. Its address has no trailing slash. */
export async function listen(options: Partial<AppOptions> = {}): Promise<{ app: FastifyInstance; url: string }> {
  const app = await makeApp(options)
  await app.listen({ host: "127.0.0.1", port: 0 })
  return { app, url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }
}

/** A token of the user of a name, or of another user. */
export function tokenOf(app: FastifyInstance, user: string | User = "anna"): string {
  return app.jwt.sign(typeof user === "string" ? { _id: `id-of-${user}`, name: user } : user)
}

/** Sends requests as a user. */
export function requester(app: FastifyInstance, user: string | User = "anna") {
  const headers = { authorization: `Bearer ${tokenOf(app, user)}` }
  return async (method: InjectOptions["method"], url: string, payload?: InjectOptions["payload"]) => {
    const answer = await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
    return { status: answer.statusCode, body: answer.json() }
  }
}

/** A connecting client that does not reconnect. Its timers are real even if the test's clock is fake. */
export function openSocket(url: string, auth: Record<string, unknown> = {}): Socket {
  const socket = io(url, {
    auth,
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    useNativeTimers: true,
  })
  onTestFinished(() => void socket.disconnect())
  return socket
}

/** A connected client. */
export async function connectSocket(app: FastifyInstance, url: string, user: string | User = "ben"): Promise<Socket> {
  const socket = openSocket(url, { token: tokenOf(app, user) })
  await new Promise<void>((resolve, reject) => {
    // The first event of each session, with which it can be recovered.
    socket.once("raclette--connected", () => resolve())
    socket.once("connect_error", reject)
  })
  return socket
}

/** Records all events of `socket` from now on, as `[name, payload]`, without offsets. */
export function record(socket: Socket): [string, unknown][] {
  const events: [string, unknown][] = []
  socket.onAny((name: string, payload: unknown) => events.push([name, payload]))
  return events
}

/** Resolves when `socket` gets `channel`. */
export async function heard(socket: Socket, channel: string): Promise<void> {
  await once(socket as never, channel)
}

/** The events of each of `sockets`, once everything sent before this call has arrived. */
export async function recordedUntilNow(
  app: FastifyInstance,
  sockets: Socket[],
  records: [string, unknown][][],
): Promise<[string, unknown][][]> {
  const ends = sockets.map((socket) => heard(socket, "end"))
  app.io.emit("end")
  await Promise.all(ends)
  return records.map((events) => events.filter(([name]) => name !== "end"))
}

/** A promise that the test resolves by `open()`. */
export function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** A plugin with one operation, `POST /<name>`, which responds with the items that `handler` returns. */
export function operationPlugin(
  name: string,
  handler: (fastify: PluginFastifyInstance) => Promise<object[]>,
  broadcastChannels: string[] = [],
): RaclettePlugin {
  return {
    name,
    author: "tester",
    register(fastify) {
      const config = { type: "dataUpdate" as const, broadcastChannels }
      fastify.post(`/${name}`, { config, onRequest: [fastify.authenticate] }, async () => {
        return { type: "dataUpdate", body: { items: await handler(fastify) } }
      })
    },
  }
}
