// A load balancer without sticky sessions: each request, and each WebSocket, goes to the next server in turn. It closes
// with the test.
import { once } from "node:events"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { onTestFinished } from "vitest"

/** Starts a load balancer in front of the servers at `ports`. Resolves with its address. */
export async function roundRobin(ports: number[]): Promise<string> {
  let turn = 0
  const ask = ({ method, url, headers }: IncomingMessage) => {
    const port = ports[turn++ % ports.length]
    return request({ host: "127.0.0.1", port, method, path: url, headers })
  }
  const open = new Set<Duplex>()
  const pass = (incoming: IncomingMessage, response: ServerResponse) => {
    const asked = ask(incoming)
    asked.on("error", () => response.destroy())
    asked.on("response", (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)))
    response.on("close", () => asked.destroy())
    incoming.pipe(asked)
  }
  const passUpgrade = (incoming: IncomingMessage, client: Duplex) => {
    open.add(client)
    client.on("error", () => {}).on("close", () => open.delete(client))
    const asked = ask(incoming)
    asked.on("error", () => client.destroy())
    asked.on("response", ({ statusCode }) => client.end(`HTTP/1.1 ${statusCode} Refused\r\nConnection: close\r\n\r\n`))
    asked.on("upgrade", (answer, server, head) => {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      client.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("")}\r\n`)
      client.write(head)
      server.on("error", () => {}).on("close", () => client.destroy())
      client.on("close", () => server.destroy())
      server.pipe(client).pipe(server)
    })
    asked.end()
  }
  const balancer = createServer(pass).on("upgrade", passUpgrade).listen(0, "127.0.0.1")
  onTestFinished(() => {
    balancer.close()
    balancer.closeAllConnections()
    for (const client of open) client.destroy()
  })
  await once(balancer, "listening")
  return `http://127.0.0.1:${(balancer.address() as { port: number }).port}/`
}
