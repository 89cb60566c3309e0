// Events that a client gets in one turn are written with one system call, in order, and none is lost.
import { Socket as TcpSocket } from "node:net"
import { io } from "socket.io-client"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { connectSocket, heard, listen, record, requester, tokenOf } from "./harness"

/** Counts the server's writes to `count` clients with WebSockets. */
function countWrites(count: number) {
  const writes = [vi.spyOn(TcpSocket.prototype, "_write"), vi.spyOn(TcpSocket.prototype as never, "_writev")]
  onTestFinished(() => {
    for (const write of writes) write.mockRestore()
  })
  return () => writes.reduce((sum, write) => sum + write.mock.calls.length, 0) / count
}

const names = ["one", "two", "three", "four"]

describe("events of one turn", () => {
  it("go to each client in one write, in order", async () => {
    const { app, url } = await listen()
    const sockets = await Promise.all([connectSocket(app, url, "anna"), connectSocket(app, url, "ben")])
    const records = sockets.map(record)
    const all = Promise.all(sockets.map((socket) => heard(socket, "four")))
    const writes = countWrites(sockets.length)
    for (const name of names) app.io.emit(name)
    await all
    expect(writes()).toBe(1)
    for (const events of records) expect(events.map(([name]) => name)).toEqual(names)
  })

  it("reach a client that polls", async () => {
    const { app, url } = await listen()
    const socket = io(url, { auth: { token: tokenOf(app) }, transports: ["polling"], forceNew: true })
    onTestFinished(() => void socket.disconnect())
    await heard(socket, "raclette--connected")
    const events = record(socket)
    const last = heard(socket, "four")
    for (const name of names) app.io.emit(name)
    await last
    expect(events.map(([name]) => name)).toEqual(names)
  })

  it("arrive before the connection closes", async () => {
    const { app, url } = await listen()
    const socket = await connectSocket(app, url)
    const events = record(socket)
    const over = new Promise((resolve) => socket.once("disconnect", resolve))
    for (const name of names) app.io.emit(name)
    const closed = app.close()
    await over
    await closed
    expect(events.map(([name]) => name)).toEqual(names)
  })

  it("include the events of an operation", async () => {
    const { app, url } = await listen()
    const socket = await connectSocket(app, url)
    const events = record(socket)
    const second = heard(socket, "plugin_pacifico__todo--mySuperFancyCustomEvent")
    const writes = countWrites(1)
    await requester(app)("POST", "/todo", { name: "Milk" })
    await second
    expect(writes()).toBe(1)
    expect(events).toHaveLength(2)
  })
})
