// The runtime from its public entry, with `ws` as WebSocket, and real servers: a socket.io server in the test's
// process, or the backend stub as a process. Everything ends with the test.
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Server, type ServerOptions, type Socket } from "socket.io"
import { onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { createRuntime, type Runtime, type RuntimeOptions } from "../../js-glue"

const wasm = { bytes: readFileSync(new URL("../../build/wasm/raclette.wasm", import.meta.url)) }

export interface TestServer {
  io: Server
  url: string
  port: number
  /** Ends it and all connections at once, without close packets. */
  kill(): Promise<void>
}

/** Starts a socket.io server on `port`, or on a free port. `ServerClass`: for other versions. */
export async function startServer(
  options: Partial<ServerOptions> = {},
  port = 0,
  ServerClass: typeof Server = Server,
): Promise<TestServer> {
  const http = createServer()
  const io = new ServerClass(http, { serveClient: false, ...options })
  http.listen(port, "127.0.0.1")
  await once(http, "listening")
  const connections = new Set<{ destroy(): void }>()
  http.on("connection", (connection) => connections.add(connection))
  let ended: Promise<void> | undefined
  const kill = () => {
    ended ??= new Promise<void>((resolve) => {
      for (const connection of connections) connection.destroy()
      void io.close(() => resolve())
    })
    return ended
  }
  onTestFinished(kill)
  const at = (http.address() as AddressInfo).port
  return { io, url: `http://127.0.0.1:${at}`, port: at, kill }
}

/** A runtime that reconnects quickly. */
export async function startRuntime(url: string, options: RuntimeOptions = {}): Promise<Runtime> {
  const runtime = await createRuntime({
    url,
    wasm,
    WebSocket,
    log: { sink() {} },
    ...options,
    socket: { reconnectionDelay: 20, reconnectionDelayMax: 100, ...options.socket },
  })
  onTestFinished(() => runtime.dispose())
  return runtime
}

/** Resolves when the status is `status`. */
export function untilStatus(runtime: Runtime, status: string): Promise<void> {
  return new Promise((resolve) => {
    const end = runtime.$socket.status.subscribe((now) => {
      if (now !== status) return
      resolve()
      queueMicrotask(() => end())
    })
  })
}

/** A connected runtime, and the server's side of its connection. */
export async function connectTo(server: TestServer, options: RuntimeOptions = {}, namespace = "/") {
  const arrived = once(server.io.of(namespace), "connection") as Promise<[Socket]>
  const runtime = await startRuntime(server.url, options)
  const [peer] = await arrived
  await untilStatus(runtime, "connected")
  return { runtime, peer }
}
