// Logins that have ended before their tokens expire. Nothing is allowed by a token of one, at any node: its node writes it
// down and tells the others at once where they share Redis, and each node reads it from the database within a second.
import { gte, lt } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"

/** How often a node asks which logins have ended, in ms. */
const ROUND = 1000

const endedLogins = sqliteTable("ended_logins", {
  login: text("login").primaryKey(),
  /** When the last of its tokens has expired, in ms since 1970. */
  until: integer("until").notNull(),
})

/** `isMine`: this node has ended it. */
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

  /** Whether a token's login has ended. Tokens that came of no login have none. */
  has(login: string | undefined): boolean {
    return login !== undefined && (this.#until.get(login) ?? 0) >= Date.now()
  }

  /** Calls `listener` for each login that this node learns of, or ends. */
  onEnd(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** Ends a login for good. `until`: when the last of its tokens has expired, in ms since 1970. */
  async end(login: string, until: number): Promise<void> {
    const { database } = this.#app
    await database.transaction(async () => {
      await database.delete(endedLogins).where(lt(endedLogins.until, Date.now()))
      await database.insert(endedLogins).values({ login, until }).onConflictDoNothing()
    })
    this.learn(login, until, true)
  }

  /** Takes note of a login that has ended. */
  learn(login: string, until: number, isMine = false): void {
    if (this.#until.has(login)) return
    this.#until.set(login, until)
    for (const listener of this.#listeners) listener(login, until, isMine)
  }

  /** Reads what other nodes have ended. */
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
            this.#app.log.error(error, "Which logins have ended could not be read: it is read again")
          this.#isFailing = true
        })
        .finally(() => {
          this.#isReading = false
        })
    }, ROUND).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
