// socket.io-client in its fastest configuration: only the WebSocket transport.

import { io, type Socket } from "socket.io-client"
import { FakeWebSocket } from "./fake-socket"

export interface ConnectedIo {
  client: Socket
  socket: FakeWebSocket
}

/** A connected client. */
export async function connectIo(): Promise<ConnectedIo> {
  const client = io("http://bench.test", { transports: ["websocket"], forceNew: true })
  while (!client.connected) await new Promise((resolve) => setTimeout(resolve))
  return { client, socket: FakeWebSocket.last as FakeWebSocket }
}
