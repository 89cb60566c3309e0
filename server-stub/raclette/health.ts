// What load balancers ask. `/health`: whether the process is alive; `/ready`: whether it can do its work, which takes the
// database, and Redis where nodes share one. Both answer soon, whatever else stands still, and are not counted.
import { sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"

/** How long the database and Redis may take to answer, in ms. */
const LIMIT = 1000

/** Adds `GET /health` and `GET /ready`. */
export function registerHealth(fastify: FastifyInstance): void {
  const { database, redis } = fastify
  const isDatabaseThere = probe(() => database.run(sql`SELECT 1`))
  const isRedisThere = redis && probe(() => redis.ping())
  const config = { rateLimit: false } as const
  fastify.get("/health", { config }, () => ({ status: "ok" }))
  fastify.get("/ready", { config }, async (_request, reply) => {
    const [hasDatabase, hasRedis] = await Promise.all([isDatabaseThere(), isRedisThere?.()])
    const isReady = hasDatabase && hasRedis !== false
    reply.status(isReady ? 200 : 503)
    return {
      status: isReady ? "ready" : "not ready",
      database: hasDatabase,
      ...(hasRedis !== undefined && { redis: hasRedis }),
    }
  })
}

/** Asks again only when the last question was answered, so that they do not pile up. */
function probe(ask: () => Promise<unknown>): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  return () => {
    asked ??= ask()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asked = undefined
      })
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, LIMIT, false).unref())
    return Promise.race([asked, late])
  }
}
