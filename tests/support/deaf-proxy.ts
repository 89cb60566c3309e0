// A network that loses its users without a word: when a client's connection ends, that of the proxy to the server stays
// open until the test ends it, as if no FIN and no RST had come through. It ends with the test.
import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import { onTestFinished } from "vitest"

/** Stands before the server at `port`. */
export async function deafProxy(port: number) {
  const open = new Set<Socket>()
  const clients = new Set<Socket>()
  const dead: Socket[] = []
  const server = createServer((client) => {
    const peer = connect(port, "127.0.0.1")
    for (const socket of [client, peer]) {
      open.add(socket)
      socket.on("error", () => {}).on("close", () => open.delete(socket))
    }
    clients.add(client)
    client.on("data", (chunk) => peer.write(chunk)).on("close", () => dead.push(peer))
    peer.on("data", (chunk) => client.write(chunk)).on("close", () => client.destroy())
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  /** Cuts all clients off, of which the server hears nothing. */
  const cut = () => {
    for (const client of clients) client.destroy()
    clients.clear()
  }
  /** Tells the server at last that the clients of before are gone. */
  const tellOfDeaths = () => {
    for (const peer of dead.splice(0)) peer.destroy()
  }
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, cut, tellOfDeaths }
}
