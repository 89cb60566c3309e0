// Batches the writes to each WebSocket: all packets of one turn of the event loop are written with a single system
// call, which is most of the cost of a delivery. An operation usually emits several events, and a queue of operations
// many. Engine.IO would flush every packet on its own, so its flushes are delayed to the end of the turn. This uses two
// private parts: `flush` of Engine.IO's connections and the TCP socket of a `ws`.
import type { Socket } from "node:net"
import { setImmediate } from "node:timers"
import type { Server } from "socket.io"

/** Batches the writes to each client. The returned function flushes everything at once. */
export function batchWrites(io: Server): () => void {
  const waiting = new Map<Connection, () => void>()
  const flushAll = () => {
    const now = [...waiting]
    waiting.clear()
    for (const [connection, flush] of now) flushCorked(connection, flush)
  }
  io.engine.on("connection", (connection: Connection) => {
    const flush = connection.flush.bind(connection)
    connection.flush = () => {
      const { transport, writeBuffer } = connection
      if (transport.name !== "websocket") return flush()
      // A transport that is not writable calls flush again when it is.
      if (writeBuffer.length === 0 || !transport.writable) return
      if (waiting.size === 0) setImmediate(flushAll)
      waiting.set(connection, flush)
    }
  })
  return flushAll
}

/** Flushes a connection's buffer with one system call. */
function flushCorked({ transport }: Connection, flush: () => void): void {
  const connection = transport.socket?._socket
  connection?.cork()
  flush()
  connection?.uncork()
}

/** The part of Engine.IO's connection that is used here. Its own types omit private members. */
interface Connection {
  writeBuffer: unknown[]
  transport: { name: string; writable: boolean; socket?: { _socket?: Socket | null } }
  flush(): void
}
