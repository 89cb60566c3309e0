// "connection state recovery" of the official suite.
import { expect, it } from "vitest"
import { next, ofBoth } from "./cases"

ofBoth("connection state recovery", ({ start }) => {
  it("should have an accessible socket id equal to the server-side socket id (default namespace)", async () => {
    const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 5000 } }
    const { client, io } = await start({ transports: ["websocket"] }, recovery)
    const { id } = client
    expect(client.recovered).toBe(false)
    const hint = next(client, "hint")
    io.emit("hint")
    await hint
    const again = next(client, "connect")
    client.emit("drop me")
    await again
    expect(client.recovered).toBe(true)
    expect(client.id).toBe(id)
  })
})
