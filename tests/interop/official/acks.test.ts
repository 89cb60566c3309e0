// "timeout" of the official suite: acknowledgements and their timeouts.
import { expect, it } from "vitest"
import { ofBoth } from "./cases"

ofBoth("timeout", ({ start }) => {
  it("should timeout after the given delay when socket is not connected", async () => {
    const { client } = await start({ autoConnect: false })
    const error = await new Promise((resolve) => client.timeout(50).emit("echo", resolve))
    expect(error).toBeInstanceOf(Error)
  })

  it("should timeout when the server does not acknowledge the event (callback and promise)", async () => {
    const { client } = await start()
    expect(await new Promise((resolve) => client.timeout(50).emit("silence", resolve))).toBeInstanceOf(Error)
    await expect(client.timeout(50).emitWithAck("silence")).rejects.toBeInstanceOf(Error)
  })

  it("should timeout when the server does not acknowledge the event in time", async () => {
    const { client } = await start()
    const answers: unknown[] = []
    client.timeout(20).emit("slow", 60, (...args: unknown[]) => answers.push(args))
    await client.emitWithAck("slow", 120)
    expect(answers).toEqual([[expect.any(Error)]])
  })

  it("should not timeout when the server does acknowledge the event (callback and promise)", async () => {
    const { client } = await start()
    const answer = await new Promise((resolve) =>
      client.timeout(5000).emit("echo", 42, (...args: unknown[]) => resolve(args)),
    )
    expect((answer as unknown[])[0] ?? undefined).toBeUndefined()
    expect((answer as unknown[])[1]).toBe(42)
    expect(await client.timeout(5000).emitWithAck("echo", 42)).toBe(42)
  })

  it("acknowledgement upon disconnection: should not ack upon disconnection (callback)", async () => {
    const { client } = await start()
    const answers: unknown[] = []
    client.emit("silence", () => answers.push("called"))
    client.disconnect()
    await new Promise((resolve) => setImmediate(resolve))
    expect(answers).toEqual([])
  })

  it("acknowledgement upon disconnection: should ack with an error upon disconnection (callback & timeout, promise)", async () => {
    const { client } = await start()
    const called = new Promise((resolve) => client.timeout(10_000).emit("silence", resolve))
    const promised = client.emitWithAck("silence").catch((error: unknown) => error)
    const timed = client
      .timeout(10_000)
      .emitWithAck("silence")
      .catch((error: unknown) => error)
    client.disconnect()
    for (const error of await Promise.all([called, promised, timed])) expect(error).toBeInstanceOf(Error)
  })

  it("acknowledgement upon disconnection: should not discard an unsent ack (callback)", async () => {
    const { client } = await start({ autoConnect: false })
    const answer = new Promise((resolve) => client.emit("echo", "later", resolve))
    client.connect()
    expect(await answer).toBe("later")
  })

  it("should use the default timeout value", async () => {
    const { client } = await start({ ackTimeout: 50 })
    expect(await new Promise((resolve) => client.emit("silence", resolve))).toBeInstanceOf(Error)
    await expect(client.emitWithAck("silence")).rejects.toBeInstanceOf(Error)
  })

  it("acknowledgement upon disconnection: should ack with an error upon disconnection (callback & ackTimeout)", async () => {
    const { client } = await start({ ackTimeout: 10_000 })
    const called = new Promise((resolve) => client.emit("silence", resolve))
    client.disconnect()
    expect(await called).toBeInstanceOf(Error)
  })
})
