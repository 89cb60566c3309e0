// When the server closes a connection, it is gone soon, whatever its client does. The closing handshake of a WebSocket
// needs both sides, and the engine first sends what still waits. So a client that neither answers nor reads could keep
// a connection, with its memory and its file descriptor, for half a minute or longer.
import type { Server } from "socket.io"

/** How long a client may take to end its half of a connection, in ms. */
const PATIENCE = 3000

/** Cuts connections off that the server closed and the client did not, within 3 s. */
export function closeForGood(io: Server): void {
  io.engine.on("connection", (connection: EngineConnection) => {
    const close = connection.close.bind(connection)
    connection.close = (discard) => {
      close(discard)
      // The engine counts it as closed from here on, while the WebSocket still waits.
      const { socket } = connection.transport
      const cutOff = setTimeout(() => socket?.terminate?.(), PATIENCE).unref()
      socket?.once?.("close", () => clearTimeout(cutOff))
    }
  })
}

/** What is used of Engine.IO's connection; its own types leave out the transport's WebSocket. */
interface EngineConnection {
  transport: { socket?: { terminate?(): void; once?(event: "close", listener: () => void): void } }
  close(discard?: boolean): void
}
