// Idempotency keys. A client that got no response sends its request again with the same `Idempotency-Key`, and gets the
// response of the first attempt; nothing is done twice. Keys are per user, and stored for 24 hours. 5xx responses are
// not stored, so that the next attempt may succeed. An operation claims its key and stores its response in its own
// transaction. So a response is stored if and only if the operation was committed, and an attempt at another node waits
// for this one and gets its response.
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

type StoredResponse = typeof answers.$inferSelect

/** A request with an idempotency key that is in flight. */
interface Attempt {
  key: string
  user: string
  /** Whether its response is stored, or another attempt's response was found. */
  isStored: boolean
  /** Whether it holds the key until its transaction ends. */
  isClaimed: boolean
  /** Releases the attempts that wait for this one. */
  end(): void
}

declare module "fastify" {
  interface FastifyRequest {
    idempotencyAttempt: Attempt | undefined
  }
  interface FastifyInstance {
    /**
     * Claims the request's key for the current transaction, after waiting for other attempts. Resolves with the
     * response of such an attempt if there is one: answer the request with `replayResponse`.
     */
    claimIdempotencyKey(request: FastifyRequest): Promise<StoredResponse | undefined>
    /**
     * Stores the response in the current transaction. Does nothing for a request without a key, or a 5xx response. If
     * another node stored a response first, resolves with that one: it is the valid one.
     */
    storeResponse(request: FastifyRequest, status: number, body: unknown): Promise<StoredResponse | undefined>
  }
}

/** Makes every mutation of authenticated routes repeatable. */
export default plugin(
  async (fastify) => {
    await fastify.database.createTable(answers)
    const attempts = new Attempts(fastify.database)
    fastify.decorateRequest("idempotencyAttempt", undefined)
    fastify.decorate("claimIdempotencyKey", (request) => attempts.claim(request))
    fastify.decorate("storeResponse", (request, status, body) => attempts.store(request, status, body))
    fastify.addHook("preHandler", (request, reply, done) => {
      if (!isRepeatable(request)) return done()
      attempts
        .begin(request)
        .then((stored) => (stored ? void replayResponse(request, reply, stored) : done()))
        .catch(done)
    })
    // A committed operation has stored its response already. All other responses below 500 are stored here.
    const store = async (request: FastifyRequest, reply: FastifyReply, body: unknown) => {
      const first = await fastify.storeResponse(request, reply.statusCode, body)
      if (!first || !matches(request, first)) return body
      reply.status(first.status)
      return first.body
    }
    fastify.addHook("onSend", (request, reply, body, done) => {
      if (!request.idempotencyAttempt || request.idempotencyAttempt.isStored) return done(null, body)
      store(request, reply, body).then((stored) => done(null, stored), done)
    })
    fastify.addHook("onResponse", (request, _reply, done) => {
      request.idempotencyAttempt?.end()
      done()
    })
    fastify.addHook("onRequestAbort", (request, done) => {
      request.idempotencyAttempt?.end()
      done()
    })
  },
  { name: "raclette-idempotency", dependencies: ["raclette-database", "raclette-auth"] },
)

/** The attempts in flight at this node, and the responses that all nodes store. */
class Attempts {
  readonly #database: Database
  /** By user and key; each promise resolves when the attempt ends. */
  readonly #inFlight = new Map<string, Promise<void>>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Waits for attempts in flight with the same key, then resolves with the stored response. Without one, this request
   * becomes the attempt that makes it.
   */
  async begin(request: FastifyRequest): Promise<StoredResponse | undefined> {
    const key = String(request.headers["idempotency-key"])
    const user = request.user._id
    const name = `${user} ${key}`
    for (let other = this.#inFlight.get(name); other; other = this.#inFlight.get(name)) await other
    const stored = await this.#find(user, key)
    if (!stored) request.idempotencyAttempt = { key, user, isStored: false, isClaimed: false, end: this.#lock(name) }
    return stored
  }

  /** Makes other attempts with this name wait. Call the returned function to release them. */
  #lock(name: string): () => void {
    let resolve = () => {}
    const over = new Promise<void>((settle) => {
      resolve = settle
    })
    this.#inFlight.set(name, over)
    return () => {
      this.#inFlight.delete(name)
      resolve()
    }
  }

  /** See `claimIdempotencyKey`. */
  async claim(request: FastifyRequest): Promise<StoredResponse | undefined> {
    const attempt = request.idempotencyAttempt
    if (!attempt) return undefined
    const { key, user } = attempt
    const now = Date.now()
    const isOld = and(eq(answers.user, user), eq(answers.key, key), lt(answers.at, now - LIFETIME))
    await this.#database.delete(answers).where(isOld)
    // Of two transactions with one key, the second waits here for the end of the first. The row is not visible before
    // the commit, which follows after `store()` has filled it.
    const claimed = { key, user, request: fingerprintOf(request), status: 0, body: "", at: now }
    const [mine] = await this.#database.insert(answers).values(claimed).onConflictDoNothing().returning()
    attempt.isClaimed = mine !== undefined
    attempt.isStored = !attempt.isClaimed
    return mine ? undefined : this.#find(user, key)
  }

  /** See `storeResponse`. */
  async store(request: FastifyRequest, status: number, body: unknown): Promise<StoredResponse | undefined> {
    const attempt = request.idempotencyAttempt
    if (!attempt || status >= 500 || typeof body !== "string") return undefined
    attempt.isStored = true
    const { key, user } = attempt
    const now = Date.now()
    const response = { key, user, request: fingerprintOf(request), status, body, at: now }
    return this.#database.transaction(async () => {
      await this.#database.delete(answers).where(lt(answers.at, now - LIFETIME))
      if (attempt.isClaimed) {
        await this.#database
          .update(answers)
          .set(response)
          .where(and(eq(answers.user, user), eq(answers.key, key)))
        return undefined
      }
      const [mine] = await this.#database.insert(answers).values(response).onConflictDoNothing().returning()
      return mine ? undefined : this.#find(user, key)
    })
  }

  async #find(user: string, key: string): Promise<StoredResponse | undefined> {
    const isCurrent = and(eq(answers.user, user), eq(answers.key, key), gte(answers.at, Date.now() - LIFETIME))
    const [stored] = await this.#database.select().from(answers).where(isCurrent)
    return stored
  }
}

/** Whether a request is a mutation with an idempotency key, and is not an attempt yet. */
function isRepeatable({ method, headers, user, idempotencyAttempt }: FastifyRequest): boolean {
  return method !== "GET" && typeof headers["idempotency-key"] === "string" && Boolean(user) && !idempotencyAttempt
}

/** Method, URL and a digest of the body: `POST /todo 1f0a…`. */
function fingerprintOf(request: FastifyRequest): string {
  const { method, url, body } = request
  const digest = createHash("sha256")
    .update(JSON.stringify(body, sortKeys) ?? "")
    .digest("hex")
  return `${method} ${url} ${digest}`
}

/** A replacer for `JSON.stringify`, with which equal objects give equal text. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether a response belongs to a request. Rows of earlier versions have no digest of the body. */
function matches(request: FastifyRequest, { request: name }: StoredResponse): boolean {
  return name === fingerprintOf(request) || name === `${request.method} ${request.url}`
}

/** Sends the response of the first attempt. Throws 422 if that was a different request. */
export function replayResponse(request: FastifyRequest, reply: FastifyReply, stored: StoredResponse): FastifyReply {
  if (!matches(request, stored)) {
    const [method, url] = stored.request.split(" ")
    const isSame = method === request.method && url === request.url
    const what = `${method} ${url}${isSame ? " with another body" : ""}`
    const message = `This Idempotency-Key was already used for ${what}. Use a new key for each request.`
    throw request.server.httpErrors.unprocessableEntity(message)
  }
  return reply.status(stored.status).type("application/json; charset=utf-8").send(stored.body)
}
