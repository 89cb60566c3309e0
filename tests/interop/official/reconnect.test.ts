// "connection" of the official suite: reconnection attempts, and when a new connection is created.
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { expect, it, onTestFinished, vi } from "vitest"
import { WebSocketServer } from "ws"
import { until } from "../../support/until"
import { startServer } from "../harness"
import { connected, makeServer, next, ofBoth, peers, silentPort } from "./cases"
import type { Client, ClientOptions } from "./facade"

const nobody = "http://127.0.0.1:1"
const twice: ClientOptions = { transports: ["websocket"], reconnectionAttempts: 2, reconnectionDelay: 10 }

/** The numbers of the attempts that a client makes until it gives up. */
async function attemptsOf(client: Client): Promise<unknown[]> {
  const attempts: unknown[] = []
  client.on("reconnect_attempt", (number) => attempts.push(number))
  await next(client, "reconnect_failed")
  return attempts
}

ofBoth("connections and attempts", ({ openClient, start }) => {
  it("should start two connections with same path", async () => {
    const { io, url, client } = await start()
    await connected(await openClient(url))
    expect(new Set(peers(io).map(({ conn }) => conn)).size).toBe(2)
    expect(client.connected).toBe(true)
  })

  it("should start two connections with same path and different querystrings", async () => {
    const { io, url } = await start({ query: "woot" })
    await connected(await openClient(url))
    expect(peers(io).map(({ handshake }) => "woot" in handshake.query)).toEqual([true, false])
  })

  it("should start two connections with different paths", async () => {
    const { io, url } = await start({ path: "/foo" }, { path: "/foo" })
    await next(await openClient(url, { path: "/bar", timeout: 50 }), "connect_error")
    expect(peers(io)).toHaveLength(1)
  })

  it("reconnect delay should increase every time", async () => {
    const { client, kill } = await start({
      transports: ["websocket"],
      randomizationFactor: 0,
      reconnectionAttempts: 3,
    })
    const times: number[] = []
    for (const event of ["disconnect", "connect_error", "reconnect_attempt"]) {
      client.on(event, () => times.push(performance.now()))
    }
    await kill()
    await next(client, "reconnect_failed")
    const pauses = [0, 2, 4].map((i) => (times[i + 1] ?? 0) - (times[i] ?? 0))
    for (const [i, least] of [20, 40, 80].entries()) expect(pauses[i]).toBeGreaterThanOrEqual(least - 2)
  })

  it("should try to reconnect twice and fail when requested two attempts with immediate timeout and reconnect enabled", async () => {
    const url = `http://127.0.0.1:${await silentPort()}`
    expect(await attemptsOf(await openClient(url, { ...twice, timeout: 10 }))).toEqual([1, 2])
  })

  it("should try to reconnect twice and fail when requested two attempts with incorrect address and reconnect enabled", async () => {
    expect(await attemptsOf(await openClient(nobody, twice))).toEqual([1, 2])
  })

  it("should fire reconnect_* events on manager", async () => {
    const client = await openClient(nobody, { ...twice, namespace: "/foo" })
    expect(await attemptsOf(client)).toHaveLength(2)
    expect(client.connected).toBe(false)
  })

  it("should fire reconnecting (on manager) with attempts number when reconnecting twice", async () => {
    const { client, kill } = await start(twice)
    await kill()
    expect(await attemptsOf(client)).toEqual([1, 2])
  })

  it("should still try to reconnect twice after opening another socket asynchronously", async () => {
    const client = await openClient(nobody, { ...twice, reconnectionDelay: 30 })
    const attempts = attemptsOf(client)
    await next(client, "connect_error")
    client.namespace("/asd")
    expect(await attempts).toEqual([1, 2])
  })

  it("should not try to reconnect and should form a connection when connecting to correct port with default timeout", async () => {
    const server = await makeServer()
    const client = await openClient(server.url, { transports: ["websocket"] })
    const attempts: unknown[] = []
    client.on("reconnect_attempt", (number) => attempts.push(number))
    await connected(client)
    await client.emitWithAck("slow", 100)
    expect(attempts).toEqual([])
  })

  it("should not try to reconnect with incorrect port when reconnection disabled", async () => {
    const { client: other } = await start()
    const client = await openClient(nobody, { ...twice, reconnection: false })
    const attempts: unknown[] = []
    client.on("reconnect_attempt", (number) => attempts.push(number))
    await next(client, "connect_error")
    await other.emitWithAck("slow", 100)
    expect(attempts).toEqual([])
  })

  it("should stop trying to reconnect", async () => {
    const { client, kill, port } = await start({ transports: ["websocket"] })
    await kill()
    await next(client, "connect_error")
    client.stopReconnecting()
    await startServer({}, port)
    const { client: other } = await start()
    await other.emitWithAck("slow", 150)
    expect(client.connected).toBe(false)
  })

  it("should connect while disconnecting another socket", async () => {
    const { client } = await start()
    const foo = client.namespace("/foo")
    await connected(foo)
    const asd = client.namespace("/asd")
    foo.disconnect()
    await connected(asd)
    expect(foo.connected).toBe(false)
  })

  it("should emit a connect_error event when reaching a Socket.IO server in v2.x", async () => {
    const old = new WebSocketServer({ port: 0, host: "127.0.0.1" })
    onTestFinished(() => {
      for (const connection of old.clients) connection.terminate()
      old.close()
    })
    old.on("connection", (connection) => {
      connection.send('0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":5000}')
      connection.send("40")
    })
    await once(old, "listening")
    const url = `http://127.0.0.1:${(old.address() as AddressInfo).port}`
    const client = await openClient(url, { transports: ["websocket"] })
    expect(await next(client, "connect_error")).toEqual([expect.any(Error)])
    expect(client.connected).toBe(false)
  })

  it("should reopen a cached socket", async () => {
    const { client, io } = await start()
    const foo = client.namespace("/foo")
    await connected(foo)
    foo.disconnect()
    await until(() => peers(io, "/foo").length === 0)
    const again = client.namespace("/foo")
    await connected(again)
    expect(foo.id).toBe(again.id)
    expect(peers(io, "/foo")).toHaveLength(1)
  })

  it("should not reopen a cached but active socket", async () => {
    const { client, io } = await start()
    const foo = client.namespace("/foo")
    const again = client.namespace("/foo")
    await Promise.all([connected(foo), connected(again)])
    expect(foo.id).toBe(again.id)
    await client.emitWithAck("echo", 1)
    expect(peers(io, "/foo")).toHaveLength(1)
  })

  it.each([
    ["should use overridden setTimeout by default", false],
    ["should use native setTimeout with useNativeSetTimers", true],
  ])("%s", async (_name, useNativeTimers) => {
    const { io, client } = await start({ transports: ["websocket"], autoConnect: false, randomizationFactor: 0 })
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
    onTestFinished(() => void vi.useRealTimers())
    const dressed = await openClient(`http://127.0.0.1:${(io.httpServer.address() as AddressInfo).port}`, {
      transports: ["websocket"],
      randomizationFactor: 0,
      useNativeTimers,
    })
    await next(dressed, "connect")
    const attempts: unknown[] = []
    dressed.on("reconnect_attempt", (number) => attempts.push(number))
    peers(io)[0]?.conn.close()
    await next(dressed, "disconnect")
    if (useNativeTimers) {
      expect(attempts).toEqual([])
      await next(dressed, "reconnect_attempt")
    } else {
      vi.advanceTimersByTime(19)
      expect(attempts).toEqual([])
      vi.advanceTimersByTime(1)
    }
    expect(attempts).toEqual([1])
    expect(client.connected).toBe(false)
  })
})
