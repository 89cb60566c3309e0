// The events of operations, received by the real socket.io-client: one event per channel for every authenticated
// client, after the commit and only then.
import { once } from "node:events"
import { describe, expect, it } from "vitest"
import { connectSocket, heard, listen, makeApp, openSocket, record, requester, tokenOf } from "./harness"

const channel = (key: string) => `plugin_pacifico__todo--${key}`

describe("an operation that succeeds", () => {
  it("emits one event per broadcast channel, with its response as payload, to every client", async () => {
    const { app, url } = await listen()
    const send = requester(app)
    const clients = [await connectSocket(app, url, "ben"), await connectSocket(app, url, "cleo")]
    const events = clients.map(record)
    const ends = clients.map((client) => heard(client, channel("end")))

    const created = await send("POST", "/todo", { name: "Milk" })
    const id = created.body.body.items[0]._id
    const updated = await send("PATCH", `/todo/${id}`, { name: "Oat milk" })
    const deleted = await send("DELETE", `/todo/${id}`)
    const restored = await send("POST", `/todo/${id}/restore`)
    const removed = await send("DELETE", `/todo/${id}/hard`)
    app.io.emit(channel("end"))
    await Promise.all(ends)

    const expected = [
      [channel("todoCreated"), created.body],
      [channel("mySuperFancyCustomEvent"), created.body],
      [channel("todoUpdated"), updated.body],
      [channel("todoDeleted"), deleted.body],
      [channel("todoRestored"), restored.body],
      [channel("todoDeleted"), removed.body],
    ]
    for (const heardEvents of events) expect(heardEvents.slice(0, -1)).toEqual(expected)
  })

  it("is committed before its event is sent", async () => {
    const { app, url } = await listen()
    const client = await connectSocket(app, url)
    const seen = new Promise<unknown>((resolve) => {
      client.on(channel("todoCreated"), async () => {
        const { body } = await requester(app, "ben")("GET", "/todo/all")
        resolve(body.body.items[0]?.name)
      })
    })
    await requester(app)("POST", "/todo", { name: "Milk" })
    expect(await seen).toBe("Milk")
  })
})

describe("an operation that fails, or only reads", () => {
  it("emits nothing", async () => {
    const { app, url } = await listen()
    const client = await connectSocket(app, url)
    const events = record(client)
    const send = requester(app)
    expect((await send("POST", "/todo", { name: "" })).status).toBe(400)
    expect((await send("PATCH", "/todo/nobody", { name: "x" })).status).toBe(404)
    expect((await send("DELETE", "/todo/nobody")).status).toBe(404)
    expect((await send("DELETE", "/todo/nobody/hard")).status).toBe(404)
    expect((await send("GET", "/todo/all")).status).toBe(200)
    expect((await app.inject({ method: "POST", url: "/todo", payload: { name: "x" } })).statusCode).toBe(401)
    app.database.insert = () => {
      throw new Error("the disk is full")
    }
    expect((await send("POST", "/todo", { name: "x" })).status).toBe(500)
    const end = heard(client, "end")
    app.io.emit("end")
    await end
    expect(events.map(([name]) => name)).toEqual(["end"])
  })
})

describe("the handshake", () => {
  const refusals = [
    ["without a token", {}, "No token: set `auth.token` in the handshake."],
    ["with one that is none", { token: "x" }, "Invalid token: The token is malformed"],
    ["with one that is no text", { token: { a: 1 } }, "Invalid token: The token is malformed"],
  ] as const

  it.each(refusals)("%s is refused with CONNECT_ERROR, and gets no events", async (_name, auth, message) => {
    const { app, url } = await listen()
    const client = openSocket(url, auth)
    const events = record(client)
    const [error] = await once(client as never, "connect_error")
    expect(error.message).toContain(message)
    expect(error.data).toEqual({ code: "UNAUTHORIZED" })
    const other = await connectSocket(app, url)
    const end = heard(other, channel("todoCreated"))
    await requester(app)("POST", "/todo", { name: "Milk" })
    await end
    expect(events).toEqual([])
  })

  it("with a token of another secret is refused", async () => {
    const { url } = await listen()
    const client = openSocket(url, { token: tokenOf(await makeApp({ secret: "another secret" })) })
    const [error] = await once(client as never, "connect_error")
    expect(error.message).toBe("Invalid token: The token signature is invalid.")
  })

  it("with an expired token is refused", async () => {
    const { app, url } = await listen()
    const past = app.jwt.sign({ _id: "1", name: "anna", iat: 1000 } as never, { expiresIn: "1h" })
    const client = openSocket(url, { token: past })
    const [error] = await once(client as never, "connect_error")
    expect(error.message).toMatch(/^Invalid token: The token has expired/)
  })

  it("of an unknown namespace is refused", async () => {
    const { app, url } = await listen()
    const client = openSocket(`${url}/nowhere`, { token: tokenOf(app) })
    const [error] = await once(client as never, "connect_error")
    expect(error.message).toBe("Invalid namespace")
  })
})
