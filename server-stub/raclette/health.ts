// Health checks for load balancers. `/health`: the process is alive. `/ready`: the database responds, and Redis if
// nodes share one. Both respond within about a second even if these hang, and do not count for `RATE_LIMIT`.
import { sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"

/** How long the database and Redis may take to respond, in ms. */
const PROBE_TIMEOUT = 1000

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

/** Checks share a query that is still in flight, so that queries to a hanging server do not pile up. */
function probe(query: () => Promise<unknown>): () => Promise<boolean> {
  let inFlight: Promise<boolean> | undefined
  return () => {
    inFlight ??= query()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        inFlight = undefined
      })
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, PROBE_TIMEOUT, false).unref())
    return Promise.race([inFlight, late])
  }
}
