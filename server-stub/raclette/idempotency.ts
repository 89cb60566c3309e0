// Requests that are tries of one: a client that got no answer sends a mutation again with the same `Idempotency-Key`,
// and gets the answer of the first without anything being done twice. Keys are kept for 24 hours, apart for each user.
// A failure of the server's own (5xx) is not kept, so that the next try may succeed. The answer of an operation is
// kept in the operation's own transaction: it is there if and only if the operation was done, and of tries that two
// nodes do at the same time only one can be committed.
import { lt, sql } from "drizzle-orm"
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { FastifyReply, FastifyRequest } from "fastify"
import plugin from "fastify-plugin"

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

const columns = sql`
  key TEXT NOT NULL,
  "user" TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ("user", key)`

type KnownAnswer = typeof answers.$inferSelect

/** Thrown where another node did the same try first: its answer is the one that holds. */
export class AnsweredElsewhere extends Error {
  readonly known: KnownAnswer

  constructor(known: KnownAnswer) {
    super("the request was answered by another node")
    this.known = known
  }
}

declare module "fastify" {
  interface FastifyRequest {
    /** The try that is being answered here: its end lets the tries go on that wait for it. */
    idempotentTry: { key: string; user: string; end(): void } | undefined
  }
  interface FastifyInstance {
    /**
     * Keeps the answer of a try, in the transaction that it is called in; of a request without a key, and of a failure
     * of the server's own, it keeps nothing. Rejects with `AnsweredElsewhere` if another node kept one first.
     */
    keepAnswer(request: FastifyRequest, status: number, body: unknown): Promise<void>
  }
}

/** Makes every mutation of the app repeatable; a route has to authenticate for that. */
export default plugin(
  async (fastify) => {
    await fastify.database.createTable("idempotent_answers", columns)
    const underWay = new Map<string, Promise<void>>()
    fastify.decorateRequest("idempotentTry", undefined)

    fastify.addHook("preHandler", async (request, reply) => {
      const key = request.headers["idempotency-key"]
      if (request.method === "GET" || typeof key !== "string" || !request.user) return
      const user = request.user._id
      const name = `${user} ${key}`
      for (let other = underWay.get(name); other; other = underWay.get(name)) await other
      const known = await find(user, key)
      if (known) return answerAgain(request, reply, known)
      let letOthersGoOn = () => {}
      const over = new Promise<void>((resolve) => {
        letOthersGoOn = resolve
      })
      underWay.set(name, over)
      const end = () => {
        underWay.delete(name)
        letOthersGoOn()
      }
      request.idempotentTry = { key, user, end }
    })

    fastify.decorate("keepAnswer", async (request: FastifyRequest, status: number, body: unknown) => {
      const attempt = request.idempotentTry
      if (!attempt || status >= 500 || typeof body !== "string") return
      const { key, user } = attempt
      const now = Date.now()
      const kept = { key, user, request: nameOf(request), status, body, at: now }
      await fastify.database.transaction(async () => {
        await fastify.database.delete(answers).where(lt(answers.at, now - LIFETIME))
        const [mine] = await fastify.database.insert(answers).values(kept).onConflictDoNothing().returning()
        const known = mine ? undefined : await find(user, key)
        if (known) throw new AnsweredElsewhere(known)
      })
    })

    // The answer of an operation is kept with what the operation did; what refuses a request before it has none.
    fastify.addHook("onSend", async (request, reply, body) => {
      if (!request.operation) await fastify.keepAnswer(request, reply.statusCode, body)
      return body
    })

    fastify.addHook("onResponse", async (request) => request.idempotentTry?.end())
    fastify.addHook("onRequestAbort", async (request) => request.idempotentTry?.end())

    async function find(user: string, key: string) {
      const [known] = await fastify.database
        .select()
        .from(answers)
        .where(sql`${answers.user} = ${user} AND ${answers.key} = ${key} AND ${answers.at} >= ${Date.now() - LIFETIME}`)
      return known
    }
  },
  { name: "raclette-idempotency", dependencies: ["raclette-database", "raclette-auth"] },
)

function nameOf(request: FastifyRequest): string {
  return `${request.method} ${request.url}`
}

function answerAgain(request: FastifyRequest, reply: FastifyReply, known: KnownAnswer): FastifyReply {
  if (known.request !== nameOf(request)) {
    return reply.status(422).send({
      statusCode: 422,
      error: "Unprocessable Entity",
      message: `This Idempotency-Key was used for ${known.request}`,
    })
  }
  return reply.status(known.status).type("application/json; charset=utf-8").send(known.body)
}
