// Operations are atomic: the write, its events and the response stored for retries. Within a process with a route of
// the tests; across crashes with a backend that is killed at the worst moments.
import type { FastifyInstance, FastifyReply } from "fastify"
import { io } from "socket.io-client"
import { describe, expect, it, onTestFinished } from "vitest"
import type { Payload } from "../../server-stub/raclette/types"
import { Backend } from "../support/backend"
import { heard, record } from "./harness"
import { channel, done, withRoute } from "./operation-route"

describe("an operation", () => {
  const ways: [string, (reply: FastifyReply) => unknown][] = [
    ["returns its payload", () => done],
    ["sends its payload, and returns the reply", (reply) => reply.send(done)],
    ["sends its payload, and returns nothing", (reply) => void reply.send(done)],
  ]
  it.each(ways)("that %s is done, told and remembered", async (_name, answer) => {
    const { send, outcome } = await withRoute((_own, reply) => answer(reply))
    const answers = [await send(), await send()]
    expect(answers.map(({ statusCode, body }) => [statusCode, JSON.parse(body)])).toEqual([
      [200, done],
      [200, done],
    ])
    expect(await outcome()).toEqual({ written: 1, heard: [[channel("thingCreated"), done]] })
  })

  it("that throws after a write is rolled back, and can be retried", async () => {
    let fails = true
    const { send, outcome } = await withRoute((own) => {
      own.emit("onTheWay", done)
      if (fails) throw new Error("the handler broke")
      return done
    })
    expect((await send()).statusCode).toBe(500)
    expect(await outcome()).toEqual({ written: 0, heard: [] })
    fails = false
    expect((await send()).statusCode).toBe(200)
    const events = [channel("onTheWay"), channel("thingCreated")].map((name) => [name, done])
    expect(await outcome()).toEqual({ written: 1, heard: events })
  })

  it.each([
    ["of its own making", 500, (reply: FastifyReply) => reply.internalServerError("no")],
    ["that is a refusal", 409, (reply: FastifyReply) => reply.conflict("no")],
  ])("that wrote and answers with a failure %s has written nothing", async (_name, status, answer) => {
    const { send, outcome } = await withRoute((_own, reply) => answer(reply))
    const answers = [await send(), await send()]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([status, status])
    expect(await outcome()).toEqual({ written: 0, heard: [] })
  })

  it("whose events cannot be written is rolled back, and gets 500", async () => {
    const { app, send, outcome } = await withRoute((_own, reply) => reply.send(done))
    const { add } = app.outbox
    app.outbox.add = () => Promise.reject(new Error("the disk is full"))
    expect((await send()).statusCode).toBe(500)
    expect(await outcome()).toEqual({ written: 0, heard: [] })
    app.outbox.add = add
    expect((await send()).statusCode).toBe(200)
    expect(await outcome()).toMatchObject({ written: 1 })
  })

  it("is one of many concurrent ones: each is done once, and emits once", async () => {
    const { send, outcome } = await withRoute(() => done)
    const answers = await Promise.all([...Array(40).keys()].map((n) => send(`k${n}`)))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
    const { written, heard } = await outcome()
    expect([written, heard.length]).toEqual([40, 40])
  })
})

describe("an event outside of an operation", () => {
  it("is sent at once", async () => {
    let emit: FastifyInstance["emit"] = () => {}
    const { send, outcome } = await withRoute((own) => {
      emit = own.emit
      return done
    })
    await send()
    await outcome()
    emit("later", done)
    expect(await outcome()).toEqual({ written: 1, heard: [[channel("later"), done]] })
  })
})

describe("an event that could not be sent", () => {
  it("stays in the outbox, and is sent later", async () => {
    const { app, send, outcome } = await withRoute(() => done)
    const { publish } = app
    let failed = 0
    app.publish = async () => {
      failed++
      throw new Error("nobody there")
    }
    expect((await send()).statusCode).toBe(200)
    expect(await outcome()).toEqual({ written: 1, heard: [] })
    const sent = new Promise<void>((resolve) => {
      app.publish = (event) => publish(event).then(resolve)
    })
    await sent
    expect(failed).toBe(1)
    expect(await outcome()).toEqual({ written: 1, heard: [[channel("thingCreated"), done]] })
  })
})

describe("a backend that is killed", () => {
  const todo = (key: string) => `plugin_pacifico__todo--${key}`

  /** A backend that died during a creation and was restarted, with a client. */
  async function killed(failpoint: "before-commit" | "after-commit") {
    const backend = await Backend.create({ failpoint })
    onTestFinished(() => backend.dispose())
    const token = await backend.token("anna")
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "k1" }
    const create = () =>
      fetch(`${backend.url}todo`, { method: "POST", headers, body: JSON.stringify({ name: "Milk" }) })
    const socket = io(backend.url, { auth: { token }, transports: ["websocket"], reconnectionDelayMax: 50 })
    onTestFinished(() => void socket.disconnect())
    await heard(socket, "raclette--connected")
    const events = record(socket)
    await expect(create()).rejects.toThrow("fetch failed")
    await backend.kill()
    const back = heard(socket, "raclette--connected")
    await backend.start()
    await back
    const count = async () => {
      const answer = (await (await fetch(`${backend.url}todo/all`, { headers })).json()) as Payload
      return answer.body.items.length
    }
    return { backend, socket, events, create, count }
  }

  it("before the commit has neither written nor emitted, and the next attempt is the first", async () => {
    const { socket, events, create, count } = await killed("before-commit")
    expect(await count()).toBe(0)
    const told = heard(socket, todo("mySuperFancyCustomEvent"))
    const answer = await create()
    expect([answer.status, await count()]).toEqual([201, 1])
    await told
    const payload = await answer.json()
    expect(events.slice(-2)).toEqual([
      [todo("todoCreated"), payload],
      [todo("mySuperFancyCustomEvent"), payload],
    ])
  })

  it("after the commit has written, emits after its restart, and answers a retry like the first attempt", async () => {
    const { backend, socket, events, create, count } = await killed("after-commit")
    expect(await count()).toBe(1)
    const answer = await create()
    expect([answer.status, await count()]).toEqual([201, 1])
    await heard(socket, todo("mySuperFancyCustomEvent"))
    const told = heard(socket, todo("mySuperFancyCustomEvent"))
    await backend.addTodo("Bread")
    await told
    const names = events
      .filter(([name]) => name.startsWith("plugin_"))
      .map(([name, payload]) => {
        return [name, (payload as Payload<{ name: string }>).body.items[0]?.name]
      })
    expect(names).toEqual([
      [todo("todoCreated"), "Milk"],
      [todo("mySuperFancyCustomEvent"), "Milk"],
      [todo("todoCreated"), "Bread"],
      [todo("mySuperFancyCustomEvent"), "Bread"],
    ])
    expect(events.find(([name]) => name === todo("todoCreated"))?.[1]).toEqual(await answer.json())
  })
})
