// centrifuge, where it is comparable: a different protocol, but also one JSON text per frame with the payload inside.

import { Centrifuge } from "centrifuge"
import { FakeWebSocket } from "./fake-socket"

export interface ConnectedCentrifuge {
  client: Centrifuge
  socket: FakeWebSocket
}

/** A client that is connected and subscribed to `channel`, with `listener`. */
export async function connectCentrifuge(
  channel: string,
  listener: (data: unknown) => void,
): Promise<ConnectedCentrifuge> {
  const client = new Centrifuge("ws://bench.test/connection", { websocket: FakeWebSocket })
  const subscription = client.newSubscription(channel)
  subscription.on("publication", ({ data }) => listener(data))
  subscription.subscribe()
  client.connect()
  while (subscription.state !== "subscribed") await new Promise((resolve) => setTimeout(resolve))
  return { client, socket: FakeWebSocket.last as FakeWebSocket }
}
