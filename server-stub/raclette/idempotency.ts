// Requests that are tries of one: a client that got no answer sends a mutation again with the same `Idempotency-Key`,
// and gets the answer of the first without anything being done twice. Keys are kept for 24 hours, apart for each user.
// A failure of the server's own (5xx) is not kept, so that the next try may succeed.
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

const createAnswers = sql`
  CREATE TABLE IF NOT EXISTS idempotent_answers (
    key TEXT NOT NULL,
    user TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (user, key)
  )`

declare module "fastify" {
  interface FastifyRequest {
    /** The try that is being answered here: its end lets the tries go on that wait for it. */
    idempotentTry: { key: string; user: string; end(): void } | undefined
  }
}

/** Makes every mutation of the app repeatable; a route has to authenticate for that. */
export default plugin(
  async (fastify) => {
    await fastify.database.run(createAnswers)
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

    fastify.addHook("onSend", async (request, reply, body) => {
      const attempt = request.idempotentTry
      if (!attempt || reply.statusCode >= 500 || typeof body !== "string") return
      const { key, user } = attempt
      const now = Date.now()
      await fastify.database.delete(answers).where(lt(answers.at, now - LIFETIME))
      const kept = { key, user, request: nameOf(request), status: reply.statusCode, body, at: now }
      await fastify.database.insert(answers).values(kept).onConflictDoNothing()
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

function answerAgain(request: FastifyRequest, reply: FastifyReply, known: typeof answers.$inferSelect): FastifyReply {
  if (known.request !== nameOf(request)) {
    return reply.status(422).send({
      statusCode: 422,
      error: "Unprocessable Entity",
      message: `This Idempotency-Key was used for ${known.request}`,
    })
  }
  return reply.status(known.status).type("application/json; charset=utf-8").send(known.body)
}
