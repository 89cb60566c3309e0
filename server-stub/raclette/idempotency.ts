// Several tries of one mutation: a client that got no answer sends its request again with the same `Idempotency-Key`,
// and gets the answer of the first try without anything being done twice. Each user's keys are kept apart, for 24 hours.
// A failure of the server's own (5xx) is not kept, so that the next try may succeed. An operation claims its key before it
// does anything, and keeps its answer, in its own transaction: so the answer is there if and only if the operation was
// done, and a try at another node waits until this one is over, and has its answer if there is one.
import { createHash } from "node:crypto"
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
  /** Whether the key is its own until the transaction ends. */
  isClaimed: boolean
  /** Lets the tries go on that wait for this one. */
  end(): void
}

declare module "fastify" {
  interface FastifyRequest {
    idempotentTry: Try | undefined
  }
  interface FastifyInstance {
    /**
     * Claims the key of a try for the transaction that it is called in, when other tries with it are over. If one of them
     * was answered meanwhile, resolves with that: this request is to be answered by `answerAgain`.
     */
    claimKey(request: FastifyRequest): Promise<KnownAnswer | undefined>
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
    fastify.decorate("claimKey", (request) => tries.claim(request))
    fastify.decorate("keepAnswer", (request, status, body) => tries.keep(request, status, body))
    fastify.addHook("preHandler", (request, reply, done) => {
      if (!isTry(request)) return done()
      tries
        .begin(request)
        .then((known) => (known ? void answerAgain(request, reply, known) : done()))
        .catch(done)
    })
    // An operation has kept its answer by now, with what it did. What was refused, or did nothing, is kept here.
    const keep = async (request: FastifyRequest, reply: FastifyReply, body: unknown) => {
      const first = await fastify.keepAnswer(request, reply.statusCode, body)
      if (!first || !isOf(request, first)) return body
      reply.status(first.status)
      return first.body
    }
    fastify.addHook("onSend", (request, reply, body, done) => {
      if (!request.idempotentTry || request.idempotentTry.isKept) return done(null, body)
      keep(request, reply, body).then((kept) => done(null, kept), done)
    })
    fastify.addHook("onResponse", (request, _reply, done) => {
      request.idempotentTry?.end()
      done()
    })
    fastify.addHook("onRequestAbort", (request, done) => {
      request.idempotentTry?.end()
      done()
    })
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
    const key = String(request.headers["idempotency-key"])
    const user = request.user._id
    const name = `${user} ${key}`
    for (let other = this.#underWay.get(name); other; other = this.#underWay.get(name)) await other
    const known = await this.#find(user, key)
    if (!known) request.idempotentTry = { key, user, isKept: false, isClaimed: false, end: this.#hold(name) }
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

  /** See `claimKey`. */
  async claim(request: FastifyRequest): Promise<KnownAnswer | undefined> {
    const attempt = request.idempotentTry
    if (!attempt) return undefined
    const { key, user } = attempt
    const now = Date.now()
    const isOld = and(eq(answers.user, user), eq(answers.key, key), lt(answers.at, now - LIFETIME))
    await this.#database.delete(answers).where(isOld)
    // Of two transactions with one key the second waits here until the first is over. No other one sees this row as it is.
    const claimed = { key, user, request: nameOf(request), status: 0, body: "", at: now }
    const [mine] = await this.#database.insert(answers).values(claimed).onConflictDoNothing().returning()
    attempt.isClaimed = mine !== undefined
    attempt.isKept = !attempt.isClaimed
    return mine ? undefined : this.#find(user, key)
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
      if (attempt.isClaimed) {
        await this.#database
          .update(answers)
          .set(kept)
          .where(and(eq(answers.user, user), eq(answers.key, key)))
        return undefined
      }
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

/** Whether a request may be tried again with its key. */
function isTry({ method, headers, user, idempotentTry }: FastifyRequest): boolean {
  return method !== "GET" && typeof headers["idempotency-key"] === "string" && Boolean(user) && !idempotentTry
}

/** What a request asks for, and a digest of its body: `POST /todo 1f0a…`. */
function nameOf(request: FastifyRequest): string {
  const { method, url, body } = request
  const digest = createHash("sha256")
    .update(JSON.stringify(body, inOneOrder) ?? "")
    .digest("hex")
  return `${method} ${url} ${digest}`
}

/** Makes texts of equal objects equal. */
function inOneOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether an answer is that of a request. Those kept by earlier versions know nothing of its body. */
function isOf(request: FastifyRequest, { request: name }: KnownAnswer): boolean {
  return name === nameOf(request) || name === `${request.method} ${request.url}`
}

/** Answers a request as its first try was answered; throws 422 if that was another request. */
export function answerAgain(request: FastifyRequest, reply: FastifyReply, known: KnownAnswer): FastifyReply {
  if (!isOf(request, known)) {
    const [method, url] = known.request.split(" ")
    const isSame = method === request.method && url === request.url
    const what = `${method} ${url}${isSame ? " with another body" : ""}`
    throw request.server.httpErrors.unprocessableEntity(`This Idempotency-Key was used for ${what}`)
  }
  return reply.status(known.status).type("application/json; charset=utf-8").send(known.body)
}
