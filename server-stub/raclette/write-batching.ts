// What a client is sent within one turn of the event loop goes to the system by one call, which is most of what a delivery
// costs: an operation mostly makes several events, and a queue of operations many. Engine.IO hands each packet on by
// itself, so its connections wait here until the loop has done all that it woke up for. Of private parts this uses `flush`
// of Engine.IO's connections and the TCP socket of a `ws`.
import type { Socket } from "node:net"
import { setImmediate } from "node:timers"
import type { Server } from "socket.io"

/** Joins the writes to each client. What it returns sends all that waits. */
export function joinWrites(io: Server): () => void {
  const waiting = new Map<Connection, () => void>()
  const sendAll = () => {
    const now = [...waiting]
    waiting.clear()
    for (const [connection, flush] of now) atOnce(connection, flush)
  }
  io.engine.on("connection", (connection: Connection) => {
    const flush = connection.flush.bind(connection)
    connection.flush = () => {
      const { transport, writeBuffer } = connection
      if (transport.name !== "websocket") return flush()
      // A transport that is not writable asks for this again.
      if (writeBuffer.length === 0 || !transport.writable) return
      if (waiting.size === 0) setImmediate(sendAll)
      waiting.set(connection, flush)
    }
  })
  return sendAll
}

/** Hands all that waits for a client to the system by one call. */
function atOnce({ transport }: Connection, flush: () => void): void {
  const connection = transport.socket?._socket
  connection?.cork()
  flush()
  connection?.uncork()
}

/** What is used of Engine.IO's connection; its own types leave out what is private. */
interface Connection {
  writeBuffer: unknown[]
  transport: { name: string; writable: boolean; socket?: { _socket?: Socket | null } }
  flush(): void
}
