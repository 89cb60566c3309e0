// Logins that ended before their tokens expired. No node accepts their tokens any more. The node that ends a login
// stores that in the database and notifies the other nodes through Redis; every node also polls the database each
// second.
import { gte, lt } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"

/** How often a node reads the table, in ms. */
const POLL_INTERVAL = 1000

const endedLogins = sqliteTable("ended_logins", {
  login: text("login").primaryKey(),
  /** When the last token of the login expires, in ms since 1970. */
  until: integer("until").notNull(),
})

/** `isMine`: this node ended the login. */
type Listener = (login: string, until: number, isMine: boolean) => void

declare module "fastify" {
  interface FastifyInstance {
    endedLogins: EndedLogins
  }
}

/** Decorates the app with `endedLogins`. */
export default plugin(
  async (fastify) => {
    await fastify.database.createTable(endedLogins)
    const ended = new EndedLogins(fastify)
    fastify.decorate("endedLogins", ended)
    await ended.read()
    fastify.addHook("onListen", async () => ended.watch())
    fastify.addHook("preClose", async () => ended.close())
  },
  { name: "raclette-ended-logins", dependencies: ["raclette-database"] },
)

export class EndedLogins {
  readonly #app: FastifyInstance
  readonly #until = new Map<string, number>()
  readonly #listeners: Listener[] = []
  #timer: NodeJS.Timeout | undefined
  #isReading = false
  #isFailing = false

  constructor(app: FastifyInstance) {
    this.#app = app
  }

  /** Whether a token's login has ended. undefined: a token without a login. */
  has(login: string | undefined): boolean {
    return login !== undefined && (this.#until.get(login) ?? 0) >= Date.now()
  }

  /** Calls `listener` for each login that this node ends or learns of. */
  onEnd(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** Ends a login permanently. `until`: when its last token expires, in ms since 1970. */
  async end(login: string, until: number): Promise<void> {
    const { database } = this.#app
    await database.transaction(async () => {
      await database.delete(endedLogins).where(lt(endedLogins.until, Date.now()))
      await database.insert(endedLogins).values({ login, until }).onConflictDoNothing()
    })
    this.learn(login, until, true)
  }

  /** Records a login that ended, here or at another node. */
  learn(login: string, until: number, isMine = false): void {
    if (this.#until.has(login)) return
    this.#until.set(login, until)
    for (const listener of this.#listeners) listener(login, until, isMine)
  }

  /** Reads the logins that other nodes ended. */
  async read(): Promise<void> {
    const now = Date.now()
    for (const [login, until] of this.#until) if (until < now) this.#until.delete(login)
    const rows = await this.#app.database.select().from(endedLogins).where(gte(endedLogins.until, now))
    for (const { login, until } of rows) this.learn(login, until)
  }

  watch(): void {
    this.#timer = setInterval(() => {
      if (this.#isReading) return
      this.#isReading = true
      this.read()
        .then(() => {
          this.#isFailing = false
        })
        .catch((error) => {
          if (!this.#isFailing)
            this.#app.log.error(error, "Ended logins could not be read from the database: retrying every second")
          this.#isFailing = true
        })
        .finally(() => {
          this.#isReading = false
        })
    }, POLL_INTERVAL).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
