// The SQLite file: concurrent readers and writers, and calls that would crash its driver.
import { join } from "node:path"
import { sql } from "drizzle-orm"
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core"
import Database from "libsql"
import { describe, expect, it, onTestFinished } from "vitest"
import { makeApp, requester, temporaryFolder } from "./harness"

const things = sqliteTable("things", {
  _id: text("_id").primaryKey(),
  isGood: integer("is_good", { mode: "boolean" }).notNull().default(false),
  size: real("size"),
  at: integer("at").notNull(),
})

const MILK = { _id: "milk", isGood: true, size: 0.5, at: 1_700_000_000_000 }
const BREAD = { _id: "bread", isGood: false, size: null, at: 0 }

async function withThings() {
  const dataFolder = await temporaryFolder()
  const app = await makeApp({ dataFolder })
  await app.database.createTable(things)
  const all = () => app.database.select().from(things).orderBy(things.at)
  return { app, database: app.database, all, file: join(dataFolder, "raclette.db") }
}

describe("a transaction", () => {
  it("is invisible to others before its commit, and does not block their reads", async () => {
    const { database, all } = await withThings()
    let commit = () => {}
    const wait = new Promise<void>((resolve) => {
      commit = resolve
    })
    let wrote = () => {}
    const written = new Promise<void>((resolve) => {
      wrote = resolve
    })
    const transaction = database.transaction(async () => {
      await database.insert(things).values(MILK)
      expect(await all()).toEqual([MILK])
      wrote()
      await wait
    })
    await written
    expect(await all()).toEqual([])
    const later = (async () => void (await database.insert(things).values(BREAD)))()
    const isLater = Promise.race([later.then(() => true), new Promise((resolve) => setImmediate(resolve, false))])
    expect(await isLater).toBe(false)
    commit()
    await Promise.all([transaction, later])
    expect(await all()).toEqual([BREAD, MILK])
  })

  it("refuses queries after its end", async () => {
    const { database, all } = await withThings()
    const made = await database.transaction(async () => [database.insert(things).values(MILK)])
    await expect(made[0]).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^The transaction has ended/) },
    })
    expect(await all()).toEqual([])
  })

  it("does not block the next one when it fails, in the middle or at its commit", async () => {
    const { database, all } = await withThings()
    await database.run(sql`CREATE TABLE parts (thing TEXT REFERENCES things (_id) DEFERRABLE INITIALLY DEFERRED)`)
    await database.run(sql`PRAGMA foreign_keys = ON`)
    const twice = database.transaction(async () => {
      await database.insert(things).values(MILK)
      await database.insert(things).values(MILK)
    })
    await expect(twice).rejects.toThrow()
    const orphan = database.transaction(async () => {
      await database.insert(things).values(MILK)
      await database.run(sql`INSERT INTO parts VALUES ('nothing')`)
    })
    await expect(orphan).rejects.toThrow("FOREIGN KEY")
    await database.transaction(async () => void (await database.insert(things).values(BREAD)))
    expect(await all()).toEqual([BREAD])
  })
})

describe("another process that writes", () => {
  it("delays writes, and nothing else", async () => {
    const { app, file } = await withThings()
    const other = new Database(file)
    onTestFinished(() => void other.close())
    other.exec("BEGIN IMMEDIATE")
    const send = requester(app)
    const created = send("POST", "/todo", { name: "Milk" })
    const isCreated = Promise.race([created.then(() => true), send("GET", "/todo/all").then(() => false)])
    expect(await isCreated).toBe(false)
    expect((await send("GET", "/ready")).body).toMatchObject({ database: true })
    other.exec("COMMIT")
    expect((await created).status).toBe(201)
  })
})

describe("values", () => {
  it("are read as they were written, one by one or as rows", async () => {
    const { database, all } = await withThings()
    await database.insert(things).values(MILK)
    await database.insertRows(things, [BREAD, { ...MILK, _id: "butter", at: 2 ** 52 }])
    await database.insertRows(things, [{ ...BREAD, _id: "eggs", at: -1, size: -0.25 }])
    const butter = { ...MILK, _id: "butter", at: 2 ** 52 }
    expect(await all()).toEqual([{ ...BREAD, _id: "eggs", at: -1, size: -0.25 }, BREAD, MILK, butter])
  })

  it("of unsupported types are refused, without a crash", async () => {
    const { database } = await withThings()
    for (const value of [undefined, {}, [], new Date(), () => {}]) {
      await expect(database.run(sql`SELECT ${sql.param(value)}`)).rejects.toMatchObject({
        cause: { name: "TypeError" },
      })
    }
    expect(await database.run(sql`SELECT ${true} AS yes, ${false} AS no`)).toEqual({ rows: [{ yes: 1, no: 0 }] })
  })

  it("are refused when the database is closed", async () => {
    const { app, all } = await withThings()
    await app.close()
    await expect(all()).rejects.toMatchObject({ cause: { message: "The database is closed" } })
  })
})
