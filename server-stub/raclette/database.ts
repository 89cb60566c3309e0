// The embedded database: one SQLite file, opened once for each app and closed with it.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { createClient } from "@libsql/client"
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql"
import plugin from "fastify-plugin"

export type Database = LibSQLDatabase

/** Decorates the app with `database`. `dataFolder` is made if it is not there. */
export default plugin(
  async (fastify, { dataFolder }: { dataFolder: string }) => {
    mkdirSync(dataFolder, { recursive: true })
    const client = createClient({ url: `file:${join(dataFolder, "raclette.db")}` })
    // Readers do not wait for a writer, and a second process waits instead of failing.
    await client.execute("PRAGMA journal_mode = WAL")
    await client.execute("PRAGMA busy_timeout = 5000")
    fastify.decorate("database", drizzle(client))
    fastify.addHook("onClose", () => client.close())
  },
  { name: "raclette-database" },
)
