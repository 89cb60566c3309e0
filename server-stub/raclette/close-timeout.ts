// A timeout for closing connections. The closing handshake of a WebSocket needs both sides, and Engine.IO first flushes
// its buffer. So a client that neither answers nor reads could hold a closed connection, with its memory and its file
// descriptor, for half a minute or longer.
import type { Server } from "socket.io"

/** How long a client may take to close its side of a connection, in ms. */
const CLOSE_TIMEOUT = 3000

/** Terminates connections that the server closed and the client did not close within `CLOSE_TIMEOUT`. */
export function enforceCloseTimeout(io: Server): void {
  io.engine.on("connection", (connection: EngineConnection) => {
    const close = connection.close.bind(connection)
    connection.close = (discard) => {
      close(discard)
      // Engine.IO reports it as closed from here on, while the WebSocket still waits for the client.
      const { socket } = connection.transport
      const timer = setTimeout(() => socket?.terminate?.(), CLOSE_TIMEOUT).unref()
      socket?.once?.("close", () => clearTimeout(timer))
    }
  })
}

/** The part of Engine.IO's connection that is used here. Its own types omit the transport's WebSocket. */
interface EngineConnection {
  transport: { socket?: { terminate?(): void; once?(event: "close", listener: () => void): void } }
  close(discard?: boolean): void
}
