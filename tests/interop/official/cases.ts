// Shared by the cases of socket.io-client's own suite (4.8). They have its names, are written anew, and run with the
// original and with a runtime. names.ts lists all names; docs/comparison.md lists the omitted cases.
import { once } from "node:events"
import { createServer } from "node:net"
import type { Server, Socket } from "socket.io"
import { describe, onTestFinished } from "vitest"
import { until } from "../../support/until"
import { startServer } from "../harness"
import { type Client, type ClientOptions, type OpenClient, openOfficial, openRaclette } from "./facade"

/** A server that answers, echoes and says things, as the cases need it. */
export async function makeServer(options = {}) {
  const server = await startServer(options)
  const prepare = (socket: Socket) => {
    socket.on("echo", (value, answer) => answer?.(value))
    socket.on("silence", () => {})
    socket.on("slow", (ms: number, answer: () => void) => setTimeout(answer, ms))
    socket.on("again", (...args) => socket.emit("again", ...args))
    socket.on("handshake", (answer) => answer(socket.handshake))
    socket.on("drop me", () => socket.conn.close())
    socket.on("end me", () => socket.disconnect())
  }
  for (const name of ["/", "/foo", "/asd"]) server.io.of(name).on("connection", prepare)
  let refused = 0
  server.io.of("/no").use((_socket, next) => {
    refused++
    next(new Error("Auth failed (custom namespace)"))
  })
  return { ...server, refusals: () => refused }
}

/** The arguments of the next `event`. */
export const next = (client: Client, event: string) =>
  new Promise<unknown[]>((resolve) => {
    const listener = (...args: unknown[]) => {
      client.off(event, listener)
      resolve(args)
    }
    client.on(event, listener)
  })

export const connected = (client: Client) => until(() => client.connected)

/** A port that takes connections and never says a word. */
export async function silentPort(): Promise<number> {
  const connections = new Set<{ destroy(): void }>()
  const server = createServer((connection) => connections.add(connection)).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.close()
    for (const connection of connections) connection.destroy()
  })
  return (server.address() as { port: number }).port
}

export interface Asked {
  name: string
  openClient: OpenClient
  /** A server, and a client that is connected to it unless `autoConnect` is false. */
  start(
    options?: ClientOptions,
    serverOptions?: object,
  ): Promise<Awaited<ReturnType<typeof makeServer>> & { client: Client }>
}

const clients: [string, OpenClient][] = [
  ["socket.io-client", openOfficial],
  ["raclette-wasm", openRaclette],
]

/** Asks `cases` of the original and of a runtime. */
export function ofBoth(what: string, cases: (asked: Asked) => void): void {
  describe.each(clients)(`%s: ${what}`, (name, openClient) => {
    const start: Asked["start"] = async (options = {}, serverOptions = {}) => {
      const server = await makeServer(serverOptions)
      const client = await openClient(server.url, options)
      if (options.autoConnect !== false) await connected(client)
      return { ...server, client }
    }
    cases({ name, openClient, start })
  })
}

/** The server's sides of the sessions of a namespace. */
export const peers = (io: Server, namespace = "/") => [...io.of(namespace).sockets.values()]
