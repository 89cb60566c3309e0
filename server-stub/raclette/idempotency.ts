// Several tries of one mutation: a client that got no answer sends its request again with the same `Idempotency-Key`,
// and gets the answer of the first try without anything being done twice. Each user's keys are kept apart, for 24 hours.
// A failure of the server's own (5xx) is not kept, so that the next try may succeed. The answer of an operation is kept
// in the operation's own transaction. So it is there if and only if the operation was done, and if two nodes do the same
// try at the same time, only one of them can commit.
import { and, eq, gte, lt } from "drizzle-orm"
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { FastifyReply, FastifyRequest } from "fastify"
import plugin from "fastify-plugin"
import type { Database } from "./database"

const LIFETIME = 24 * 60 * 60 * 1000

const answers = sqliteTable(
  "idempotent_answers",
  {
    key: text("key").notNull(),
    user: text("user").notNull(),
    request: text("request").notNull(),
    status: integer("status").notNull(),
    body: text("body").notNull(),
    at: integer("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.user, table.key] })],
)

type KnownAnswer = typeof answers.$inferSelect

/** A try that is being answered. */
interface Try {
  key: string
  user: string
  /** Whether its answer was kept, or another one was found in its place. */
  isKept: boolean
  /** Lets the tries go on that wait for this one. */
  end(): void
}

declare module "fastify" {
  interface FastifyRequest {
    idempotentTry: Try | undefined
  }
  interface FastifyInstance {
    /**
     * Keeps the answer of a try, in the transaction that it is called in; of a request without a key, and of a failure
     * of the server's own, it keeps nothing. If another node kept one first, resolves with that: it is the one that holds.
     */
    keepAnswer(request: FastifyRequest, status: number, body: unknown): Promise<KnownAnswer | undefined>
  }
}

/** Makes every mutation of the app repeatable; a route has to authenticate for that. */
export default plugin(
  async (fastify) => {
    await fastify.database.createTable(answers)
    const tries = new Tries(fastify.database)
    fastify.decorateRequest("idempotentTry", undefined)
    fastify.decorate("keepAnswer", (request, status, body) => tries.keep(request, status, body))
    fastify.addHook("preHandler", async (request, reply) => {
      const known = await tries.begin(request)
      if (known) return answerAgain(request, reply, known)
    })
    // An operation has kept its answer by now, with what it did. What was refused, or did nothing, is kept here.
    fastify.addHook("onSend", async (request, reply, body) => {
      if (request.idempotentTry?.isKept) return body
      const first = await fastify.keepAnswer(request, reply.statusCode, body)
      if (!first) return body
      reply.status(first.status)
      return first.body
    })
    fastify.addHook("onResponse", async (request) => request.idempotentTry?.end())
    fastify.addHook("onRequestAbort", async (request) => request.idempotentTry?.end())
  },
  { name: "raclette-idempotency", dependencies: ["raclette-database", "raclette-auth"] },
)

/** The tries of one node, and the answers that all nodes keep. */
class Tries {
  readonly #database: Database
  /** Resolve when a try is over, by user and key. */
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Waits for tries of the same key that are under way, and resolves with the answer if there is one by then. If there
   * is none, this request is the try that makes it.
   */
  async begin(request: FastifyRequest): Promise<KnownAnswer | undefined> {
    const key = request.headers["idempotency-key"]
    const isTry = request.method !== "GET" && typeof key === "string" && request.user
    if (!isTry || request.idempotentTry) return undefined
    const user = request.user._id
    const name = `${user} ${key}`
    for (let other = this.#underWay.get(name); other; other = this.#underWay.get(name)) await other
    const known = await this.#find(user, key)
    if (!known) request.idempotentTry = { key, user, isKept: false, end: this.#hold(name) }
    return known
  }

  /** Makes other tries of the same name wait, until the function that this returns is called. */
  #hold(name: string): () => void {
    let resolve = () => {}
    const over = new Promise<void>((settle) => {
      resolve = settle
    })
    this.#underWay.set(name, over)
    return () => {
      this.#underWay.delete(name)
      resolve()
    }
  }

  /** See `keepAnswer`. */
  async keep(request: FastifyRequest, status: number, body: unknown): Promise<KnownAnswer | undefined> {
    const attempt = request.idempotentTry
    if (!attempt || status >= 500 || typeof body !== "string") return undefined
    attempt.isKept = true
    const { key, user } = attempt
    const now = Date.now()
    const kept = { key, user, request: nameOf(request), status, body, at: now }
    return this.#database.transaction(async () => {
      await this.#database.delete(answers).where(lt(answers.at, now - LIFETIME))
      const [mine] = await this.#database.insert(answers).values(kept).onConflictDoNothing().returning()
      return mine ? undefined : this.#find(user, key)
    })
  }

  async #find(user: string, key: string): Promise<KnownAnswer | undefined> {
    const isKnown = and(eq(answers.user, user), eq(answers.key, key), gte(answers.at, Date.now() - LIFETIME))
    const [known] = await this.#database.select().from(answers).where(isKnown)
    return known
  }
}

function nameOf(request: FastifyRequest): string {
  return `${request.method} ${request.url}`
}

function answerAgain(request: FastifyRequest, reply: FastifyReply, known: KnownAnswer): FastifyReply {
  if (known.request !== nameOf(request)) {
    throw request.server.httpErrors.unprocessableEntity(`This Idempotency-Key was used for ${known.request}`)
  }
  return reply.status(known.status).type("application/json; charset=utf-8").send(known.body)
}
