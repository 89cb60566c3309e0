// The order of events. Events about one item arrive in the order of its commits, also if some could not be sent at
// once, and no event of a plugin overtakes one that waits. Nodes share a PostgreSQL database; their sent events are
// recorded, and some of them fail.
import { randomUUID } from "node:crypto"
import { sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import type { AppOptions } from "../../server-stub/app"
import type { Database } from "../../server-stub/raclette/database"
import type { Payload } from "../../server-stub/raclette/types"
import { type Service, startPostgres } from "../support/servers"
import { until } from "../support/until"
import { listen, makeApp, requester, temporaryFolder } from "./harness"

let postgres: Service
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const prefix = "plugin_pacifico__todo--"

/**
 * So many nodes, and what all of them send: `todoCreated Milk`. `refuse` says what does not arrive. `hasLeft`: the
 * outbox is not empty when they start.
 */
async function nodesOf(count: number, options: Partial<AppOptions>, hasLeft = false) {
  const sent: string[] = []
  const rig = { refuse: (_node: number, _event: string): boolean => false, sent }
  const nodes: { app: FastifyInstance; send: ReturnType<typeof requester> }[] = []
  for (let node = 0; node < count; node++) {
    const { app } = await listen(options)
    app.publish = async ({ channel, payload }) => {
      // Asynchronous like Redis, so that other events may come in between.
      await new Promise((resolve) => setImmediate(resolve))
      const [item] = (payload as Payload<{ name: string }>).body.items
      const event = `${channel.replace(prefix, "")} ${item?.name}`
      if (rig.refuse(node, event)) throw new Error(`${event} did not arrive`)
      if (!event.includes("mySuper")) sent.push(event)
    }
    nodes.push({ app, send: requester(app) })
  }
  const create = async (node: number, name: string) => {
    const answer = await nodes[node]?.send("POST", "/todo", { name })
    return String(answer?.body.body.items[0]._id)
  }
  const remove = (node: number, id: string) => nodes[node]?.send("DELETE", `/todo/${id}`)
  const left = async (which = sql`true`) => {
    const rows = (await nodes[0]?.app.database.run(sql`SELECT count(*) AS n FROM outbox WHERE ${which}`)) as {
      rows?: { n: number }[]
    } & { n: number }[]
    return Number((rows.rows ?? rows)[0]?.n)
  }
  if (hasLeft) return Object.assign(rig, { nodes, create, remove, left })
  // A single node knows the contents of the table after its first poll.
  await leave(nodes[0]?.app as FastifyInstance, "first", "first", -1)
  await until(async () => sent.length === 1 && (await left()) === 0)
  sent.length = 0
  return Object.assign(rig, { nodes, create, remove, left })
}

/** Puts an event of a todo into the outbox, as a node that has died left it. */
async function leave(app: FastifyInstance, id: string, name: string, lentFor: number): Promise<void> {
  const payload = JSON.stringify({ type: "dataUpdate", body: { items: [{ _id: id, name }] } })
  const now = Date.now()
  await app.database.run(sql`INSERT INTO outbox (_id, channel, payload, rooms, written_at, place, lent_until)
    VALUES (${randomUUID()}, ${`${prefix}todoUpdated`}, ${payload}, NULL, ${now}, 0, ${now + lentFor})`)
}

/** An empty database. */
async function newDatabase(): Promise<Partial<AppOptions>> {
  const name = `t${randomUUID().replaceAll("-", "")}`
  const client = new pg.Client(postgres.url)
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return { databaseUrl: new URL(`/${name}`, postgres.url).href }
}

const kinds: [string, () => Promise<Partial<AppOptions>>, number][] = [
  ["one node with SQLite", async () => ({}), 1],
  ["two nodes with PostgreSQL", newDatabase, 2],
]

describe("a sent event", () => {
  it("is deleted together with the next ones on a single node", async () => {
    const rig = await nodesOf(1, {})
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    const deletions = vi.spyOn(rig.nodes[0]?.app.database as Database, "delete")
    for (const name of ["Milk", "Bread", "Eggs"]) await rig.create(0, name)
    await until(() => rig.sent.length === 3)
    expect(await rig.left()).toBe(6)
    vi.advanceTimersByTime(50)
    await until(async () => (await rig.left()) === 0)
    expect(deletions).toHaveBeenCalledTimes(1)
  })

  it("is deleted with the next one of the same item after a database failure", async () => {
    const rig = await nodesOf(2, await newDatabase())
    const database = rig.nodes[0]?.app.database as Database
    let fail = () => {}
    const failure = new Promise<never>((_resolve, reject) => {
      fail = () => reject(new Error("the database is away"))
    })
    failure.catch(() => {})
    const deletions = vi.spyOn(database, "delete")
    deletions.mockImplementationOnce(() => ({ where: () => failure }) as never)
    const id = await rig.create(0, "Milk")
    await until(() => deletions.mock.calls.length === 1)
    await rig.remove(0, id)
    await until(() => rig.sent.length === 2)
    fail()
    await until(async () => (await rig.left()) === 0)
    expect(rig.sent).toEqual(["todoCreated Milk", "todoDeleted Milk"])
  })

  it("is deleted, not sent again, when the database is back", async () => {
    const rig = await nodesOf(1, {})
    const deletions = vi.spyOn(rig.nodes[0]?.app.database as Database, "delete")
    const away = () => {
      throw new Error("the database is away")
    }
    for (let n = 0; n < 2; n++) deletions.mockImplementationOnce(away)
    const id = await rig.create(0, "Milk")
    await until(() => deletions.mock.calls.length === 2)
    await rig.remove(0, id)
    await until(async () => (await rig.left()) === 0)
    expect(rig.sent).toEqual(["todoCreated Milk", "todoDeleted Milk"])
  })

  it("is deleted before the node shuts down", async () => {
    const dataFolder = await temporaryFolder()
    const { app } = await listen({ dataFolder })
    await requester(app)("POST", "/todo", { name: "Milk" })
    await app.close()
    const next = await makeApp({ dataFolder })
    expect(await next.outbox.count()).toBe(0)
  })
})

describe.each(kinds)("%s", (_name, options, count) => {
  const other = count - 1

  it("sends a creation before the later deletion, although its first attempt failed", async () => {
    const rig = await nodesOf(count, await options())
    let fails = true
    rig.refuse = (node) => fails && node === 0
    const id = await rig.create(0, "Milk")
    await rig.remove(other, id)
    expect(rig.sent).toEqual([])
    fails = false
    await until(() => rig.sent.length === 2)
    expect(rig.sent).toEqual(["todoCreated Milk", "todoDeleted Milk"])
  })

  it("sends no event of a plugin before one that waits, and events of other plugins at once", async () => {
    const rig = await nodesOf(count, await options())
    let fails = true
    rig.refuse = (_node, event) => fails && event === "todoCreated Milk"
    await rig.create(0, "Milk")
    await until(async () => (await rig.left(sql`lent_until = 0`)) > 0)
    await rig.create(other, "Bread")
    await rig.create(0, "Eggs")
    const headers = { text: "a note" }
    await rig.nodes[other]?.send("POST", "/note", headers)
    await until(() => rig.sent.length > 0)
    expect(rig.sent).toEqual(["plugin_pacifico__notes--noteCreated undefined"])
    fails = false
    await until(() => rig.sent.length === 4)
    expect(rig.sent.slice(1)).toEqual(["todoCreated Milk", "todoCreated Bread", "todoCreated Eggs"])
  })

  it("waits for events about the same item, and no other, that a dead node has leased", async () => {
    const shared = { dataFolder: await temporaryFolder(), ...(await options()) }
    const dying = await makeApp(shared)
    const id = (await requester(dying)("POST", "/todo", { name: "Milk" })).body.body.items[0]._id
    await leave(dying, id, "Milk", 2000)
    await dying.close()
    const rig = await nodesOf(count, shared, true)
    await rig.create(other, "Bread")
    await rig.remove(other, id)
    await rig.create(0, "Eggs")
    await until(() => rig.sent.length === 4)
    // Events after one that waits wait too.
    expect(rig.sent).toEqual(["todoCreated Bread", "todoUpdated Milk", "todoDeleted Milk", "todoCreated Eggs"])
  })

  it("keeps the order of each item and loses nothing, however often sending fails", async () => {
    const rig = await nodesOf(count, await options())
    let tries = 0
    rig.refuse = () => tries++ % 3 === 1 && tries < 20
    const names = [...Array(24).keys()].map((n) => `todo ${n}`)
    await Promise.all(
      names.map(async (name, n) => {
        const id = await rig.create(n % count, name)
        await rig.nodes[(n + 1) % count]?.send("PATCH", `/todo/${id}`, { isCompleted: true })
        await rig.remove(n % count, id)
      }),
    )
    await until(async () => (await rig.left()) === 0)
    for (const name of names) {
      const events = rig.sent.filter((event) => event.endsWith(` ${name}`))
      expect(events).toEqual([`todoCreated ${name}`, `todoUpdated ${name}`, `todoDeleted ${name}`])
    }
  })

  it("sends events that nothing blocks at once, without polling", async () => {
    const rig = await nodesOf(count, await options())
    await rig.create(0, "Milk")
    const id = await rig.create(other, "Bread")
    await rig.remove(other, id)
    await until(() => rig.sent.length === 3)
    expect(rig.sent).toEqual(["todoCreated Milk", "todoCreated Bread", "todoDeleted Bread"])
  })
})
