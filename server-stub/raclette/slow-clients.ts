// Disconnects clients that do not read, so that their buffers do not grow without limit. Engine.IO flushes its buffer
// whenever the transport is writable. So a buffer that exceeds the limit means that the client does not read.
import type { Server } from "socket.io"

/** Disconnects each client whose buffer exceeds `limit` bytes (characters, for text), and calls `onDrop`. */
export function dropSlowClients(io: Server, limit: number, onDrop: (address: string, buffered: number) => void): void {
  io.engine.on("connection", (connection: EngineConnection) => {
    let buffered = 0
    connection.on("packetCreate", ({ data }) => {
      if (buffered > limit && connection.readyState === "open") {
        onDrop(connection.remoteAddress, buffered)
        connection.close(true)
        // Without a closing handshake, since the client would not read it.
        connection.transport.socket?.terminate?.()
      }
      buffered += data?.length ?? 0
    })
    connection.on("flush", () => {
      buffered = 0
    })
  })
}

/** The part of Engine.IO's connection that is used here. Its own types omit the transport's WebSocket. */
interface EngineConnection {
  readyState: string
  remoteAddress: string
  transport: { socket?: { terminate?(): void } }
  on(event: "packetCreate", listener: (packet: { data?: string | Buffer }) => void): void
  on(event: "flush", listener: () => void): void
  close(discard: boolean): void
}
