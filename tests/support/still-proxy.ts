// Stands before a server, and can stand still: connections are taken and kept, and nothing goes through them until it goes
// on. It ends with the test.
import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import { onTestFinished } from "vitest"

/** Stands before the server of an address; resolves with the address to use instead. */
export async function stillProxy(url: string) {
  const { port } = new URL(url)
  const open = new Set<Socket>()
  let isStill = false
  const server = createServer((client) => {
    const peer = connect(Number(port), "127.0.0.1")
    for (const [from, to] of [
      [client, peer],
      [peer, client],
    ] as const) {
      open.add(from)
      from
        .on("error", () => {})
        .on("close", () => {
          open.delete(from)
          to.destroy()
        })
        .on("data", (chunk) => to.write(chunk))
      if (isStill) from.pause()
    }
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const own = new URL(url)
  own.port = String((server.address() as { port: number }).port)
  return {
    url: own.href,
    standStill() {
      isStill = true
      for (const socket of open) socket.pause()
    },
    goOn() {
      isStill = false
      for (const socket of open) socket.resume()
    },
  }
}
