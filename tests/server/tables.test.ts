// Tables for both databases: how definitions are created, what is refused, and that a database of an earlier version,
// whose tables were written in SQL, still works.
import { createHash } from "node:crypto"
import { join } from "node:path"
import { sql } from "drizzle-orm"
import { blob, check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core"
import type { FastifyInstance } from "fastify"
import Database from "libsql"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { AppOptions } from "../../server-stub/app"
import { createStatements } from "../../server-stub/raclette/tables"
import { type Service, startPostgres } from "../support/servers"
import { connectSocket, heard, listen, makeApp, requester, temporaryFolder, tokenOf } from "./harness"

let server: Service
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** The tables as the first version of the stub created them. */
const FIRST_TABLES: Record<string, string> = {
  todos: `_id TEXT PRIMARY KEY, name TEXT NOT NULL, is_completed INTEGER NOT NULL DEFAULT 0,
    is_deleted INTEGER NOT NULL DEFAULT 0, last_editor TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL`,
  notes: `_id TEXT PRIMARY KEY, text TEXT NOT NULL, owner TEXT NOT NULL, project TEXT,
    is_archived INTEGER NOT NULL DEFAULT 0, is_deleted INTEGER NOT NULL DEFAULT 0,
    last_editor TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL`,
  idempotent_answers: `key TEXT NOT NULL, "user" TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY ("user", key)`,
  outbox: `_id TEXT PRIMARY KEY, channel TEXT NOT NULL, payload TEXT NOT NULL, rooms TEXT, written_at BIGINT NOT NULL,
    place INTEGER NOT NULL, lent_until BIGINT NOT NULL`,
  refresh_tokens: `hash TEXT PRIMARY KEY, login TEXT NOT NULL, "user" TEXT NOT NULL, expires_at BIGINT NOT NULL,
    used_at BIGINT`,
}

const time = "2026-01-01T00:00:00.000Z"
const MILK = { _id: "1", name: "Milk", isCompleted: true, isDeleted: false, lastEditor: "anna" }
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex")

/** The data of the first version: a row in each table. */
const FIRST_ROWS = [
  `INSERT INTO todos VALUES ('1', 'Milk', 1, 0, 'anna', '${time}', '${time}')`,
  `INSERT INTO todos VALUES ('2', 'Bread', 0, 1, 'anna', '${time}', '${time}')`,
  `INSERT INTO notes VALUES ('1', 'mine', 'id-of-anna', NULL, 0, 0, 'anna', '${time}', '${time}')`,
  `INSERT INTO idempotent_answers VALUES ('k1', 'id-of-anna', 'POST /todo', 201, '{"kept":true}', ${Date.now()})`,
  `INSERT INTO outbox VALUES ('1', 'left', '{"left":true}', '["user:id-of-ben"]', ${Date.now()}, 0, 0)`,
  `INSERT INTO refresh_tokens VALUES ('${hashOf("r1")}', 'l1', '{"_id":"1","name":"anna"}', ${Date.now() + 60_000}, NULL)`,
]

/** Creates an empty database of each kind. `run` queries it without the app. */
const databases: Record<string, () => Promise<{ options: Partial<AppOptions>; run(query: string): Promise<unknown> }>> =
  {
    async SQLite() {
      const dataFolder = await temporaryFolder()
      const run = async (query: string) => {
        const database = new Database(join(dataFolder, "raclette.db"))
        database.exec(query)
        database.close()
      }
      return { options: { dataFolder }, run }
    },
    async PostgreSQL() {
      const name = `t${Math.random().toString(36).slice(2)}`
      const databaseUrl = new URL(`/${name}`, server.url).href
      const runAt = async (url: string, query: string) => {
        const client = new pg.Client(url)
        await client.connect()
        await client.query(query)
        await client.end()
      }
      await runAt(server.url, `CREATE DATABASE ${name}`)
      return { options: { databaseUrl }, run: (query) => runAt(databaseUrl, query) }
    },
  }

describe.each(Object.entries(databases))("%s", (kind, makeDatabase) => {
  /** The columns of the app's tables, by what they are called, whether they may be null, and their place in the key. */
  async function columnsOf(app: FastifyInstance, table: string): Promise<unknown[]> {
    const query =
      kind === "SQLite"
        ? sql`SELECT name, "notnull" AS filled, dflt_value AS value, pk FROM pragma_table_info(${table})`
        : sql`SELECT column_name AS name, is_nullable AS filled, column_default AS value FROM information_schema.columns
            WHERE table_name = ${table}`
    const answer = (await app.database.run(query)) as { rows?: unknown[] } & unknown[]
    return JSON.parse(JSON.stringify(answer.rows ?? [...answer]))
  }
  const byName = (columns: unknown[]) => columns.map((column) => JSON.stringify(column)).sort()

  it("opens a database of the first version with all its rows", async () => {
    const { options, run } = await makeDatabase()
    const more = kind === "SQLite" ? "" : ", rowid BIGINT GENERATED ALWAYS AS IDENTITY"
    for (const [table, columns] of Object.entries(FIRST_TABLES)) await run(`CREATE TABLE ${table} (${columns}${more})`)
    for (const row of FIRST_ROWS) await run(row)
    const { app, url } = await listen({ ...options, devLogin: true })
    const left = heard(await connectSocket(app, url, "ben"), "left")
    const send = requester(app)
    const milk = { ...MILK, createdAt: time, updatedAt: time }
    expect((await send("GET", "/todo/all")).body.body.items).toEqual([milk])
    const created = (await send("POST", "/todo", { name: "Eggs" })).body.body.items[0]
    expect((await send("GET", "/todo/all")).body.body.items).toEqual([milk, created])
    const updated = await send("PATCH", "/todo/1", { isCompleted: false })
    expect(updated.body.body).toMatchObject({ items: [{ ...MILK, isCompleted: false }], prevVersion: milk })
    expect((await send("DELETE", "/todo/2/hard")).status).toBe(200)
    expect((await send("POST", "/note/1/archive")).body.body.items[0]).toMatchObject({ text: "mine", isArchived: true })
    const headers = { authorization: `Bearer ${tokenOf(app)}`, "idempotency-key": "k1" }
    const again = await app.inject({ method: "POST", url: "/todo", headers, payload: { name: "x" } })
    expect([again.statusCode, again.json()]).toEqual([201, { kept: true }])
    const refreshed = await app.inject({ method: "POST", url: "/auth/refresh", payload: { refreshToken: "r1" } })
    expect(refreshed.json().user).toEqual({ _id: "1", name: "anna" })
    await left
  })

  it("gets the columns that the first version created", async () => {
    const { options } = await makeDatabase()
    const app = await makeApp(options)
    const more = kind === "SQLite" ? sql`` : sql`, rowid BIGINT GENERATED ALWAYS AS IDENTITY`
    for (const [table, columns] of Object.entries(FIRST_TABLES)) {
      // SQLite allows NULL in primary keys by default.
      const strict = columns.replace("TEXT PRIMARY KEY", "TEXT PRIMARY KEY NOT NULL")
      await app.database.run(sql`CREATE TABLE ${sql.identifier(`first_${table}`)} (${sql.raw(strict)}${more})`)
      const created = await columnsOf(app, table)
      expect(created.length).toBeGreaterThan(4)
      expect(byName(created)).toEqual(byName(await columnsOf(app, `first_${table}`)))
    }
  })

  it("supports defaults, keys, unique columns, indexes, and large and fractional numbers", async () => {
    const { options } = await makeDatabase()
    const { database } = await makeApp(options)
    const things = sqliteTable(
      "things",
      {
        part: text("part").notNull(),
        order: integer("order").notNull(),
        title: text("title").notNull().default("it's new"),
        code: text("code").unique(),
        size: real("size"),
        isBig: integer("is_big", { mode: "boolean" }).notNull().default(true),
      },
      (table) => [
        primaryKey({ columns: [table.part, table.order] }),
        index("things_by_title").on(table.title, table.size),
        uniqueIndex("things_by_size").on(table.size),
      ],
    )
    await database.createTable(things)
    await database.createTable(things)
    const row = { part: "a", order: 2 ** 52, code: "c", size: 0.1 }
    await database.insert(things).values(row)
    expect(await database.select().from(things)).toEqual([{ ...row, title: "it's new", isBig: true }])
    for (const other of [
      { code: "d", size: 1 },
      { order: 2, size: 1 },
      { order: 2, code: "d" },
      { part: null as never },
    ]) {
      await expect(database.insert(things).values({ ...row, ...other })).rejects.toThrow()
    }
    await database.insert(things).values({ part: "a", order: 1, code: "d", size: 1 })
    expect(await database.select().from(things).orderBy(sql`rowid`)).toHaveLength(2)
  })
})

describe.each(Object.entries(databases))("an existing table of %s", (kind, makeDatabase) => {
  const before = sqliteTable("things", { _id: text("_id").primaryKey(), name: text("name").notNull() })
  const now = sqliteTable(
    "things",
    { _id: text("_id").primaryKey(), name: text("name").notNull(), size: integer("size").notNull().default(1) },
    (table) => [index("things_by_size").on(table.size)],
  )
  const addSize = { "add size": [sql`ALTER TABLE things ADD COLUMN size BIGINT NOT NULL DEFAULT 1`] }
  const doubled = { ...addSize, "double sizes": [sql`UPDATE things SET size = size * 2`] }

  it("is migrated once, by the first node, and keeps its rows", async () => {
    const { options } = await makeDatabase()
    const { database } = await makeApp(options)
    await database.createTable(before)
    await database.insert(before).values({ _id: "1", name: "old" })
    await database.createTable(now, addSize)
    // Two apps in one process cannot share a SQLite file as two processes do.
    const others = kind === "SQLite" ? [] : await Promise.all([makeApp(options), makeApp(options)])
    await Promise.all(others.map((other) => other.database.createTable(now, doubled)))
    await database.createTable(now, doubled)
    await database.insert(now).values({ _id: "2", name: "new" })
    const rows = await database.select().from(now).orderBy(sql`rowid`)
    expect(rows.map(({ name, size }) => [name, size])).toEqual([
      ["old", 2],
      ["new", 1],
    ])
  })

  it("is not migrated at all if a statement fails, and is migrated the next time", async () => {
    const { options } = await makeDatabase()
    const { database } = await makeApp(options)
    await database.createTable(before)
    await database.insert(before).values({ _id: "1", name: "old" })
    const wrong = { "add size": [...addSize["add size"], sql`UPDATE things SET nothing = 1`] }
    await expect(database.createTable(now, wrong)).rejects.toThrow()
    await database.createTable(now, addSize)
    expect(await database.select().from(now)).toMatchObject([{ size: 1 }])
  })

  it("needs no migration if it is new", async () => {
    const { options } = await makeDatabase()
    const { database } = await makeApp(options)
    await database.createTable(now, addSize)
    await database.insert(now).values({ _id: "1", name: "new", size: 3 })
    await database.createTable(now, doubled)
    expect(await database.select().from(now)).toMatchObject([{ size: 6 }])
  })
})

describe("a definition", () => {
  const id = { _id: text("_id").primaryKey() }
  const other = sqliteTable("other", id)
  it.each([
    ["a type", sqliteTable("things", { ...id, raw: blob("raw") }), /raw/],
    [
      "a foreign key",
      sqliteTable("things", { ...id, other: text("other").references(() => other._id) }),
      /foreignKeys/,
    ],
    ["a check", sqliteTable("things", id, () => [check("filled", sql`_id <> ''`)]), /checks/],
    ["an index on an expression", sqliteTable("things", id, () => [index("lower").on(sql`lower(_id)`)]), /lower/],
    ["an index on some rows", sqliteTable("things", id, (t) => [index("some").on(t._id).where(sql`true`)]), /some/],
  ])("with %s is refused, since createTable() does not support it", (_name, table, message) => {
    expect(() => createStatements(table)).toThrow(message)
  })
})
