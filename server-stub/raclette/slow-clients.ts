// A client that does not read is dropped when too much waits for it, so that it costs the others neither memory nor
// time. Engine.IO hands all that waits to the transport as soon as that is free, so a client that reads rarely has more
// waiting than one burst.
import type { Server } from "socket.io"

/** Drops each client for which more than `limit` bytes (characters, for text) wait; `onDrop` hears of it. */
export function dropSlowClients(io: Server, limit: number, onDrop: (address: string, waiting: number) => void): void {
  io.engine.on("connection", (connection: EngineConnection) => {
    let waiting = 0
    connection.on("packetCreate", ({ data }) => {
      if (waiting > limit && connection.readyState === "open") {
        onDrop(connection.remoteAddress, waiting)
        connection.close(true)
        // A WebSocket would wait for the client's half of the closing handshake, which it does not read.
        connection.transport.socket?.terminate?.()
      }
      waiting += data?.length ?? 0
    })
    connection.on("flush", () => {
      waiting = 0
    })
  })
}

/** What is used of Engine.IO's connection; its own types leave out the transport's WebSocket. */
interface EngineConnection {
  readyState: string
  remoteAddress: string
  transport: { socket?: { terminate?(): void } }
  on(event: "packetCreate", listener: (packet: { data?: string | Buffer }) => void): void
  on(event: "flush", listener: () => void): void
  close(discard: boolean): void
}
