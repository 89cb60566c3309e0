// The backend with PostgreSQL: the guarantees of the SQLite file hold, also for two nodes on one database.
import { sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { Backend } from "../support/backend"
import { type Service, startPostgres } from "../support/servers"
import { until } from "../support/until"
import { gate, makeApp, operationPlugin, requester, tokenOf } from "./harness"

let postgres: Service
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

/** Two nodes on one database, without todos. */
async function twoNodes() {
  const options = { databaseUrl: postgres.url }
  const nodes = (await Promise.all([makeApp(options), makeApp(options)])) as [FastifyInstance, FastifyInstance]
  const send = requester(nodes[0])
  for (const { _id } of (await send("GET", "/todo/all")).body.body.items) await send("DELETE", `/todo/${_id}/hard`)
  return { nodes, send, other: requester(nodes[1], "ben") }
}

describe("todos in PostgreSQL", () => {
  it("are created, read, filtered, paged, changed and deleted, visible to every node", async () => {
    const { send, other } = await twoNodes()
    const names = ["Milk", "Bread", "'; DROP TABLE todos; --", "Käse 🧀"]
    for (const name of names) await send("POST", "/todo", { name, isCompleted: name === "Bread" })
    const list = async (query = "") => {
      const { items, hasMore } = (await other("GET", `/todo/all${query}`)).body.body
      return { names: items.map(({ name }: { name: string }) => name), hasMore }
    }
    expect(await list()).toEqual({ names, hasMore: false })
    expect(await list("?isCompleted=true")).toEqual({ names: ["Bread"], hasMore: false })
    expect(await list("?limit=2&offset=1")).toEqual({ names: names.slice(1, 3), hasMore: true })

    const [todo] = (await send("GET", "/todo/all")).body.body.items
    expect(todo).toMatchObject({ name: "Milk", isCompleted: false, isDeleted: false, lastEditor: "anna" })
    const updated = (await other("PATCH", `/todo/${todo._id}`, { isCompleted: true })).body.body
    expect(updated.prevVersion).toEqual(todo)
    expect(updated.items[0]).toMatchObject({ name: "Milk", isCompleted: true, lastEditor: "ben" })
    const deleted = (await send("DELETE", `/todo/${todo._id}`)).body.body
    expect(deleted.items[0]).toMatchObject({ isDeleted: true, lastEditor: "anna" })
    expect((await other("GET", `/todo/${todo._id}`)).status).toBe(404)
    expect((await other("DELETE", `/todo/${todo._id}/hard`)).status).toBe(200)
    expect((await list()).names).toEqual(names.slice(1))
  })

  it("updated by two nodes at the same time get one version after the other", async () => {
    const { send, other } = await twoNodes()
    const [todo] = (await send("POST", "/todo", { name: "0" })).body.body.items
    const changes = [...Array(20).keys()].map((n) => {
      return (n % 2 === 0 ? send : other)("PATCH", `/todo/${todo._id}`, { name: `${n + 1}` })
    })
    const answers = (await Promise.all(changes)).map(({ body }) => body.body)
    const from = answers.map(({ prevVersion }) => prevVersion.name).sort()
    const [last] = (await send("GET", "/todo/all")).body.body.items
    const to = answers.map(({ items }) => items[0].name)
    expect(from).toEqual(["0", ...to.filter((name) => name !== last.name)].sort())
  })
})

describe.each([
  ["SQLite", () => ({})],
  ["PostgreSQL", () => ({ databaseUrl: postgres.url })],
])("with %s, a value out of range", (_name, options) => {
  it.each([
    ["an offset that no table reaches", "GET", "/todo/all?offset=1000000001"],
    ["an offset above 2^53", "GET", "/todo/all?offset=9007199254740993"],
    ["an offset above 2^63", "GET", "/todo/all?offset=99999999999999999999"],
    ["an offset of 31 digits", "GET", "/note/all?offset=1e30"],
    ["an offset that is infinite", "GET", "/todo/all?offset=1e999"],
    ["an offset below 0", "GET", "/note/all?offset=-1"],
    ["an offset that is no number", "GET", "/todo/all?offset=NaN"],
    ["a limit above 2^63", "GET", "/todo/all?limit=99999999999999999999"],
    ["an id with a NUL", "GET", "/todo/a%00b"],
    ["an id with a NUL, for a deletion", "DELETE", "/note/a%00b"],
  ] as const)("is refused with 400: %s", async (_what, method, url) => {
    const answer = await requester(await makeApp(options()))(method, url)
    expect([answer.status, answer.body.error]).toEqual([400, "Bad Request"])
  })

  it("is not the largest offset and limit", async () => {
    const send = requester(await makeApp(options()))
    expect((await send("GET", "/todo/all?offset=1000000000&limit=1000")).status).toBe(200)
  })
})

describe("an Idempotency-Key", () => {
  const attempt = (node: FastifyInstance, key: string, method: "POST" | "DELETE", url: string, payload?: object) =>
    node.inject({
      method,
      url,
      headers: { authorization: `Bearer ${tokenOf(node)}`, "idempotency-key": key },
      ...(payload && { payload }),
    })

  it("is valid for all nodes, also for concurrent attempts", async () => {
    const { nodes, send } = await twoNodes()
    for (const key of ["a", "b", "c", "d", "e"]) {
      const tries = [...nodes, ...nodes].map((node) => attempt(node, key, "POST", "/todo", { name: key }))
      const answers = await Promise.all(tries)
      expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
      expect(answers[0]?.statusCode).toBe(201)
    }
    expect((await send("GET", "/todo/all")).body.body.items).toHaveLength(5)
  })
  it("is valid for a 4xx response too", async () => {
    const { nodes } = await twoNodes()
    for (const key of ["f", "g", "h", "i", "j"]) {
      const tries = [...nodes, ...nodes].map((node) => attempt(node, key, "DELETE", "/todo/nobody"))
      const answers = (await Promise.all(tries)).map((answer) => [answer.statusCode, answer.json().message])
      expect(answers).toEqual(Array(4).fill([404, "There is no todo nobody"]))
    }
  })

  const names = (answers: { json(): unknown }[]) => answers.map((answer) => JSON.stringify(answer.json()))

  it.each<[string, (id: string) => ["PATCH" | "DELETE", string, object?]]>([
    ["a deletion", (id) => ["DELETE", `/todo/${id}`]],
    ["a deletion for good", (id) => ["DELETE", `/todo/${id}/hard`]],
    ["a change", (id) => ["PATCH", `/todo/${id}`, { name: "Bread" }]],
  ])("has all tries of %s at two nodes answered as the one that did it", async (_what, make) => {
    const { nodes, send } = await twoNodes()
    for (let n = 0; n < 5; n++) {
      const [todo] = (await send("POST", "/todo", { name: "Milk" })).body.body.items
      const [method, url, payload] = make(todo._id)
      const answers = await Promise.all(
        [...nodes, ...nodes].map((node) => attempt(node, todo._id, method as "POST", url, payload)),
      )
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
      expect(new Set(names(answers)).size).toBe(1)
    }
  })

  it("makes the second attempt wait for the first, and do nothing", async () => {
    let begun = 0
    const { opened, open: release } = gate()
    const plugin = operationPlugin("slow", async () => {
      begun++
      await opened
      return [{ _id: "1" }]
    })
    const options = { databaseUrl: postgres.url, plugins: [plugin] }
    const nodes = await Promise.all([makeApp(options), makeApp(options)])
    const first = attempt(nodes[0] as FastifyInstance, "slow", "POST", "/slow")
    await until(() => begun === 1)
    const second = attempt(nodes[1] as FastifyInstance, "slow", "POST", "/slow")
    await waitingForLocks(nodes[0] as FastifyInstance)
    release()
    expect(names(await Promise.all([first, second]))).toEqual([names([await first])[0], names([await first])[0]])
    expect(begun).toBe(1)
  })

  it("lets the second attempt do it if the first fails, and stores its response", async () => {
    let tries = 0
    const { opened, open: release } = gate()
    const plugin = operationPlugin("frail", async () => {
      if (++tries > 1) return [{ _id: "1" }]
      await opened
      throw new Error("the handler broke")
    })
    const options = { databaseUrl: postgres.url, plugins: [plugin] }
    const nodes = (await Promise.all([makeApp(options), makeApp(options)])) as [FastifyInstance, FastifyInstance]
    const first = attempt(nodes[0], "frail", "POST", "/frail")
    await until(() => tries === 1)
    const second = attempt(nodes[1], "frail", "POST", "/frail")
    await waitingForLocks(nodes[0])
    release()
    expect([(await first).statusCode, (await second).statusCode, tries]).toEqual([500, 200, 2])
    expect((await attempt(nodes[0], "frail", "POST", "/frail")).json()).toEqual((await second).json())
  })

  it("is refused for another body at another node, also concurrently", async () => {
    const { nodes, send } = await twoNodes()
    const bodies = [{ name: "Milk" }, { name: "Bread" }]
    const answers = await Promise.all(nodes.map((node, n) => attempt(node, "other", "POST", "/todo", bodies[n])))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 422])
    expect((await send("GET", "/todo/all")).body.body.items).toHaveLength(1)
  })
})

/** Resolves when a query waits for a lock. */
async function waitingForLocks(node: FastifyInstance): Promise<void> {
  await until(async () => {
    const answer = await node.database.run(sql`SELECT count(*) AS n FROM pg_locks WHERE NOT granted`)
    return Number((answer as { rows: { n: number }[] }).rows[0]?.n) > 0
  })
}

describe.each([
  ["crashes", "SIGQUIT"],
  ["is restarted", "SIGINT"],
] as const)("PostgreSQL that %s while operations are under way", (_what, signal) => {
  it("crashes no node: it responds with 503 until the database is back", async () => {
    const database = await startPostgres()
    onTestFinished(() => database.stop())
    const node = await Backend.create({ env: { DATABASE_URL: database.url } })
    onTestFinished(() => node.dispose())
    const headers = { authorization: `Bearer ${await node.token("anna")}`, "content-type": "application/json" }
    const body = JSON.stringify({ name: "todo" })
    const add = async () => {
      const answer = await fetch(`${node.url}todo`, { method: "POST", headers, body })
      await answer.text()
      return answer.status
    }
    for (let round = 0; round < 3; round++) {
      const statuses: number[] = []
      let isOver = false
      const crowd = Promise.all(
        Array.from({ length: 30 }, async () => {
          while (!isOver) statuses.push(await add())
        }),
      )
      crowd.catch(() => {})
      await until(() => statuses.length > 30)
      await database.end(signal)
      await until(() => statuses.includes(503))
      await database.begin()
      isOver = true
      await crowd
      expect([...new Set(statuses)].sort()).toEqual([201, 503])
      await until(async () => (await add()) === 201)
    }
    // No unusable connection remains in the pool.
    expect(await Promise.all(Array.from({ length: 40 }, add))).toEqual(Array(40).fill(201))
  })
})
