// How an operation's route responds and fails, by what its handler returns, sends or throws, in all ways that Fastify
// supports. In each case the operation is atomic.
import { Readable } from "node:stream"
import type { FastifyInstance, FastifyReply } from "fastify"
import { describe, expect, it, vi } from "vitest"
import type { Payload } from "../../server-stub/raclette/types"
import { until } from "../support/until"
import { tokenOf } from "./harness"
import { channel, done, withRoute } from "./operation-route"

const nothing = { written: 0, heard: [] }
const told = { written: 1, heard: [[channel("thingCreated"), done]] }
const soon = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("a route that fails", () => {
  const notFound = { statusCode: 404, error: "Not Found", message: "There is no thing" }
  const conflict = { mine: "taken" }
  it.each([
    [
      "throws an error of fastify.httpErrors",
      404,
      notFound,
      (reply) => {
        throw reply.server.httpErrors.notFound("There is no thing")
      },
    ],
    ["returns such an error", 404, notFound, (reply) => reply.server.httpErrors.notFound("There is no thing")],
    ["returns reply.notFound()", 404, notFound, (reply) => reply.notFound("There is no thing")],
    ["calls reply.notFound() and returns nothing", 404, notFound, (reply) => void reply.notFound("There is no thing")],
    [
      "calls reply.notFound() and goes on to its payload",
      404,
      notFound,
      (reply) => {
        reply.notFound("There is no thing")
        return done
      },
    ],
    [
      "calls reply.notFound() later, and returns the reply",
      404,
      notFound,
      (reply) => {
        setImmediate(() => reply.notFound("There is no thing"))
        return reply
      },
    ],
    [
      "awaits reply.notFound()",
      404,
      notFound,
      async (reply) => {
        await reply.notFound("There is no thing")
        return done
      },
    ],
    ["sends an error", 404, notFound, (reply) => reply.send(reply.server.httpErrors.notFound("There is no thing"))],
    [
      "throws one with a status",
      404,
      notFound,
      () => {
        throw Object.assign(new Error("There is no thing"), { statusCode: 404 })
      },
    ],
    ["sends a body of its own with a status that refuses", 409, conflict, (reply) => reply.status(409).send(conflict)],
    [
      "returns a body of its own with a status that refuses",
      409,
      conflict,
      (reply) => {
        reply.status(409)
        return conflict
      },
    ],
    [
      "calls reply.callNotFound()",
      404,
      { ...notFound, message: "Route POST /thing not found. GET /documentation lists all routes." },
      (reply) => {
        return reply.callNotFound() as never
      },
    ],
  ] as [string, number, object, (reply: FastifyReply) => unknown][])(
    "because it %s changes nothing, and answers so again",
    async (_name, status, body, rest) => {
      let runs = 0
      const { send, outcome } = await withRoute((_own, reply) => {
        runs++
        return rest(reply)
      })
      const answers = [await send(), await send()]
      expect(answers.map((answer) => [answer.statusCode, answer.json()])).toEqual([
        [status, body],
        [status, body],
      ])
      expect(answers[0]?.headers["content-type"]).toBe("application/json; charset=utf-8")
      expect(runs).toBe(1)
      expect(await outcome()).toEqual(nothing)
    },
  )

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken")
      },
    ],
    [
      "throws what is no error",
      () => {
        throw "broken"
      },
    ],
    [
      "sends its payload, and then throws",
      (reply) => {
        reply.send(done)
        throw new Error("broken")
      },
    ],
    ["answers with what is no JSON", () => ({ size: 1n })],
    ["sends what is no JSON", (reply) => reply.send({ size: 1n })],
  ] as [string, (reply: FastifyReply) => unknown][])(
    "because it %s changes nothing, and may be tried again",
    async (_name, rest) => {
      let fails = true
      const { send, outcome } = await withRoute((_own, reply) => (fails ? rest(reply) : done))
      const answer = await send()
      expect([answer.statusCode, answer.json().message]).toEqual([
        500,
        "Internal error. See the server's log for its cause.",
      ])
      expect(await outcome()).toEqual(nothing)
      fails = false
      expect((await send()).statusCode).toBe(200)
      expect(await outcome()).toEqual(told)
    },
  )

  it("because its payload does not fit the response schema is rolled back", async () => {
    const schema = { response: { 200: { type: "object", properties: { size: { type: "integer" } } } } }
    const { send, outcome } = await withRoute(() => ({ size: "large" }), { schema })
    expect((await send()).statusCode).toBe(500)
    expect(await outcome()).toEqual(nothing)
  })

  it("because its `broadcastRooms` throws is rolled back", async () => {
    const broadcastRooms = () => {
      throw new Error("no rooms")
    }
    const { send, outcome } = await withRoute(() => done, { config: { broadcastRooms } })
    expect((await send()).statusCode).toBe(500)
    expect(await outcome()).toEqual(nothing)
  })

  it("because its commit fails is rolled back, and gets 500", async () => {
    const { app, send, outcome } = await withRoute(() => done)
    const { transaction } = app.database
    app.database.transaction = (work) =>
      transaction(async () => {
        await work()
        throw new Error("the commit failed")
      })
    expect((await send()).statusCode).toBe(500)
    app.database.transaction = transaction
    expect(await outcome()).toEqual(nothing)
    expect((await send()).statusCode).toBe(200)
    expect(await outcome()).toEqual(told)
  })

  it("because it redirects is rolled back", async () => {
    const { send, outcome } = await withRoute((_own, reply) => reply.redirect("/elsewhere"))
    const answer = await send()
    expect([answer.statusCode, answer.headers.location]).toEqual([302, "/elsewhere"])
    expect(await outcome()).toEqual(nothing)
  })

  it("because it hijacks the reply is rolled back", async () => {
    const { url, app, outcome } = await withRoute((_own, reply) => {
      reply.hijack()
      reply.raw.end("by myself")
    })
    const headers = { authorization: `Bearer ${tokenOf(app)}` }
    expect(await (await fetch(`${url}/thing`, { method: "POST", headers })).text()).toBe("by myself")
    await until(async () => (await outcome()).written === 0)
    expect(await outcome()).toEqual(nothing)
  })

  it("because its client disconnects before it sends is rolled back, and blocks no other", async () => {
    let answer = (reply: FastifyReply): unknown => {
      gone.abort()
      return reply
    }
    const gone = new AbortController()
    const { url, app, send, outcome } = await withRoute((_own, reply) => answer(reply))
    const headers = { authorization: `Bearer ${tokenOf(app)}` }
    await expect(fetch(`${url}/thing`, { method: "POST", headers, signal: gone.signal })).rejects.toThrow("aborted")
    answer = () => done
    expect((await send()).statusCode).toBe(200)
    expect(await outcome()).toEqual(told)
  })
})

describe("a route that responds", () => {
  it.each([
    ["returns its payload", () => done],
    ["returns a promise of it", () => soon().then(() => done)],
    [
      "sends it later, and returns the reply",
      (reply) => {
        setImmediate(() => reply.send(done))
        return reply
      },
    ],
    [
      "sends it later, and awaits the reply",
      async (reply) => {
        setImmediate(() => reply.send(done))
        await reply
      },
    ],
    [
      "sends it, and is not done then",
      async (reply) => {
        reply.send(done)
        await soon()
      },
    ],
    [
      "sends it, and something else afterwards",
      (reply) => {
        reply.send(done)
        return reply.send({ other: true })
      },
    ],
  ] as [string, (reply: FastifyReply) => unknown][])(
    "because it %s is done, told and remembered",
    async (_name, rest) => {
      const { send, outcome } = await withRoute((_own, reply) => {
        reply.status(201).header("x-mine", "1")
        return rest(reply)
      })
      const answers = [await send(), await send()]
      expect(answers.map((answer) => [answer.statusCode, answer.json()])).toEqual([
        [201, done],
        [201, done],
      ])
      expect(answers[0]?.headers).toMatchObject({ "content-type": "application/json; charset=utf-8", "x-mine": "1" })
      expect(await outcome()).toEqual(told)
    },
  )

  it("in a callback, and returns nothing, is committed and emits", async () => {
    const { send, outcome } = await withRoute(() => {}, {
      handler: (_request, reply) => void setImmediate(() => reply.status(201).send(done)),
    })
    const answer = await send()
    expect([answer.statusCode, answer.json()]).toEqual([201, done])
    expect(await outcome()).toEqual({ ...told, written: 0 })
  })

  it("sends the fields of its response schema, and emits all fields", async () => {
    const schema = { response: { "2xx": { type: "object", properties: { type: { type: "string" } } } } }
    const { send, outcome } = await withRoute(() => done, { schema })
    expect((await send()).json()).toEqual({ type: "dataCreate" })
    expect((await send()).json()).toEqual({ type: "dataCreate" })
    expect(await outcome()).toEqual(told)
  })

  it("sends the fields of the response schema of its media type", async () => {
    const content = { "application/json": { schema: { type: "object", properties: { type: { type: "string" } } } } }
    for (const status of ["200", "2xx"]) {
      const { send, outcome } = await withRoute(() => done, { schema: { response: { [status]: { content } } } })
      expect((await send()).json()).toEqual({ type: "dataCreate" })
      expect(await outcome()).toEqual(told)
    }
  })

  it("is serialized once, by its own serializer", async () => {
    const { send, outcome } = await withRoute((_own, reply) => {
      return reply
        .type("text/plain")
        .serializer((payload: unknown) => `<${JSON.stringify(payload)}>`)
        .send(done)
    })
    const answer = await send()
    expect([answer.headers["content-type"], answer.body]).toEqual(["text/plain", `<${JSON.stringify(done)}>`])
    expect(await outcome()).toEqual(told)
  })

  it.each([
    ["a stream", "bytes", () => Readable.from(["by", "tes"])],
    ["bytes", "bytes", () => Buffer.from("bytes")],
    ["text", "text", () => "text"],
    ["nothing", "", () => undefined],
    ["no content", "", (reply) => void reply.status(204)],
  ] as [string, string, (reply: FastifyReply) => unknown][])(
    "with %s is done, and tells what it emits alone",
    async (_name, body, rest) => {
      const { send, outcome } = await withRoute((own, reply) => {
        own.emit("byMyself", done)
        return rest(reply)
      })
      const answer = await send()
      expect([answer.statusCode < 300, answer.body]).toEqual([true, body])
      expect(await outcome()).toEqual({ written: 1, heard: [[channel("byMyself"), done]] })
    },
  )
})

describe("an event that the handler emits, and its route lists", () => {
  const own: Payload = { type: "dataCreate", body: { items: [{ _id: "1", by: "service" }] } }

  it("is sent once, as the handler emitted it, and the route's others as ever", async () => {
    const route = { config: { broadcastChannels: ["thingCreated", "thingCounted"] } }
    const { send, outcome } = await withRoute((instance) => {
      instance.emit("thingCreated", own)
      return done
    }, route)
    await send()
    const heard = [
      [channel("thingCreated"), own],
      [channel("thingCounted"), done],
    ]
    expect(await outcome()).toEqual({ written: 1, heard })
  })

  it("is sent each time that the handler emits it", async () => {
    const { send, outcome } = await withRoute((instance) => {
      for (let n = 0; n < 2; n++) instance.emit("thingCreated", own)
      return done
    })
    await send()
    expect((await outcome()).heard).toEqual([
      [channel("thingCreated"), own],
      [channel("thingCreated"), own],
    ])
  })

  it("is sent to the handler's rooms, not to the route's", async () => {
    const route = { config: { broadcastRooms: ["user:of nobody"] } }
    const { send, outcome } = await withRoute((instance) => {
      instance.emit("thingCreated", own, ["user:id-of-ben"])
      return done
    }, route)
    await send()
    expect((await outcome()).heard).toEqual([[channel("thingCreated"), own]])
  })

  it.each([
    ["a payload", () => done],
    ["nothing", () => undefined],
  ])("is limited to the route's rooms where the handler names none, and answers with %s", async (_what, rest) => {
    const rooms: unknown[] = []
    const broadcastRooms = ({ body }: Payload) => {
      rooms.push(body.items)
      return ["user:of nobody"]
    }
    const { send, outcome } = await withRoute(
      (instance) => {
        instance.emit("thingCreated", own)
        instance.emit("other", own)
        return rest()
      },
      { config: { broadcastRooms } },
    )
    await send()
    expect((await outcome()).heard).toEqual([[channel("other"), own]])
    expect(rooms).toEqual([own.body.items])
  })

  it("calls the route's `broadcastRooms` once, however many channels there are", async () => {
    const broadcastRooms = vi.fn(() => ["user:id-of-ben"])
    const route = { config: { broadcastChannels: ["thingCreated", "thingCounted", "thingMoved"], broadcastRooms } }
    const { send, outcome } = await withRoute((instance) => {
      instance.emit("thingMoved", own, [])
      return done
    }, route)
    await send()
    expect((await outcome()).heard).toEqual([
      [channel("thingCreated"), done],
      [channel("thingCounted"), done],
    ])
    expect(broadcastRooms).toHaveBeenCalledTimes(1)
  })

  it("does not affect the next request", async () => {
    let emits = true
    const { send, outcome } = await withRoute((instance) => {
      if (emits) instance.emit("thingCreated", own)
      return done
    })
    await send("k1")
    emits = false
    await send("k2")
    expect((await outcome()).heard).toEqual([
      [channel("thingCreated"), own],
      [channel("thingCreated"), done],
    ])
  })
})

describe("a 5xx error of a route", () => {
  const ways: [string, (reply: FastifyReply, own: FastifyInstance) => unknown][] = [
    ["reply.internalServerError()", (reply) => reply.internalServerError("the mill has no water")],
    ["reply.badGateway()", (reply) => reply.badGateway("the mill has no water")],
    [
      "a thrown error of fastify.httpErrors",
      (_reply, own) => {
        throw own.httpErrors.serviceUnavailable("the mill has no water")
      },
    ],
  ]
  const logged = () => {
    const lines: string[] = []
    return { lines, logger: { level: "warn", stream: { write: (line: string) => void lines.push(line) } } }
  }

  it.each(ways)("reaches the client in development, and the log always: %s", async (_way, fail) => {
    for (const isDevelopment of [true, false]) {
      const { lines, logger } = logged()
      const { send } = await withRoute((own, reply) => fail(reply, own), {}, { isDevelopment, logger })
      const answer = await send()
      expect(answer.statusCode).toBeGreaterThanOrEqual(500)
      const told = isDevelopment ? "the mill has no water" : "Internal error. See the server's log for its cause."
      expect(answer.json().message).toBe(told)
      expect(lines.join("")).toContain("the mill has no water")
    }
  })

  it("does not expose internal errors", async () => {
    const { lines, logger } = logged()
    const broken = () => {
      throw new Error("the secret is 7")
    }
    const { send } = await withRoute(broken, {}, { isDevelopment: true, logger })
    expect((await send()).json().message).toBe("Internal error. See the server's log for its cause.")
    expect(lines.join("")).toContain("the secret is 7")
  })
})
