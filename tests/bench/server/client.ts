// A minimal client: one WebSocket that speaks just enough Engine.IO and Socket.IO to log in, stay connected and receive
// events. All clients share one thread, so each must cost less than it costs the server: after the login it parses no
// packets, and passes on the raw bytes of events.
import WebSocket from "ws"

/** How long a client may take to connect, in ms. */
const CONNECT_TIMEOUT = 20_000

const PING = 0x32
const MESSAGE = 0x34
const EVENT = 0x32

/** A client's callbacks. */
export interface Listener {
  /** An event came: the whole frame. */
  onEvent(frame: Buffer): void
  /** The connection ended, and `close()` was not called. */
  onDrop(): void
}

/** A connected client. */
export interface BareClient {
  /** The time from the first byte until it was connected, in ms. */
  connectTime: number
  close(): void
}

/** Connects to the backend at `url`. Rejects with the reason if it is refused. */
export function connectClient(url: string, token: string, listener: Listener): Promise<BareClient> {
  const begin = performance.now()
  const address = `${url.replace("http", "ws")}socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(address, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    handshakeTimeout: CONNECT_TIMEOUT,
  })
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => fail(`was not connected within ${CONNECT_TIMEOUT} ms`), CONNECT_TIMEOUT)
    const fail = (why: string) => {
      clearTimeout(limit)
      socket.removeAllListeners("close").terminate()
      reject(new Error(`A client ${why}`))
    }
    const enter = () => {
      clearTimeout(limit)
      socket.off("message", handshake).on("message", (data: Buffer) => receive(socket, data, listener))
      socket.off("close", refused).on("close", () => listener.onDrop())
      const close = () => socket.removeAllListeners("close").terminate()
      resolve({ connectTime: performance.now() - begin, close })
    }
    const handshake = (data: Buffer) => {
      const packet = data.toString()
      if (packet.startsWith("0")) socket.send(`40${JSON.stringify({ token })}`)
      else if (packet.startsWith("44")) fail(`was refused: ${packet.slice(2)}`)
      else if (packet.startsWith('42["raclette--connected"')) enter()
    }
    const refused = () => fail("was disconnected before it was let in")
    socket.on("message", handshake).on("close", refused)
    socket.on("error", (error) => fail(`could not connect: ${error.message}`))
  })
}

function receive(socket: WebSocket, frame: Buffer, listener: Listener): void {
  if (frame[0] === MESSAGE && frame[1] === EVENT) listener.onEvent(frame)
  else if (frame[0] === PING) socket.send("3")
}
