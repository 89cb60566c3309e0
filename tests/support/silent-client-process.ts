// A process with connections that request a WebSocket and then send nothing, not even a closing handshake. They are
// plain TCP, which costs a fraction of a WebSocket client. It prints `open` when the server has accepted all, prints
// `closed` when the server has closed all, and exits. It fails if one is refused.
//   silent-client-process.ts <port> <count>
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { connect, type Socket } from "node:net"

/** How many connections are opened at a time, so that the server's accept queue does not overflow. */
const AT_A_TIME = 100

const [port = 0, count = 0] = process.argv.slice(2).map(Number)

function upgradeRequest(): string {
  return [
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "\r\n",
  ].join("\r\n")
}

/** Resolves when the server has switched protocols. */
async function open(): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
  socket.write(upgradeRequest())
  const [answer] = (await once(socket, "data")) as [Buffer]
  const status = answer.toString().split("\r\n")[0]
  if (status !== "HTTP/1.1 101 Switching Protocols")
    throw new Error(`The server answered an upgrade request with ${status}`)
  return socket
}

async function run(): Promise<void> {
  const ends: Promise<void>[] = []
  let left = count
  const openSome = async () => {
    while (left-- > 0) {
      const socket = await open()
      socket.on("error", () => {})
      ends.push(new Promise((resolve) => socket.once("close", () => resolve())))
      socket.resume()
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, openSome))
  console.log("open")
  await Promise.all(ends)
  console.log("closed")
}

run().catch((error: Error) => {
  console.error(error.message)
  process.exit(1)
})
