// The connection to the Redis server that nodes share. The server may go away and come back while the app runs: a
// command is then answered or rejected soon, at once while it is away and within 2 s when it does not answer, so that
// nobody waits for it; the connection comes back by itself; and the log says once that it is gone, why, and that it
// is back.
import type { FastifyBaseLogger } from "fastify"
import plugin from "fastify-plugin"
import { Redis } from "ioredis"

/** How long an answer may take, in ms. */
const COMMAND_LIMIT = 2000
/** How long a connection on which an answer is due may be silent, in ms: longer than any command blocks. */
const SILENCE_LIMIT = 3000
/** The longest pause between two attempts to reach the server, in ms. */
const LONGEST_PAUSE = 1000

const retryStrategy = (attempt: number) => Math.min(50 * 2 ** (attempt - 1), LONGEST_PAUSE) + Math.random() * 200

export interface RedisOptions {
  /** Address of the server. Default: none, there is one node. */
  redisUrl?: string | undefined
}

declare module "fastify" {
  interface FastifyInstance {
    /** The Redis server that nodes share; undefined for one node. */
    redis: Redis | undefined
  }
}

/** Decorates the app with `redis`. Rejects if the server cannot be reached. */
export default plugin(
  async (fastify, { redisUrl }: RedisOptions) => {
    if (!redisUrl) {
      fastify.decorate("redis", undefined)
      return
    }
    const redis = new Redis(redisUrl, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_LIMIT,
      socketTimeout: SILENCE_LIMIT,
      retryStrategy,
    })
    const copies = patientCopies(redis)
    await reach(redis)
    tellOfLoss(redis, fastify.log)
    fastify.decorate("redis", redis)
    fastify.addHook("onClose", async () => {
      for (const one of [redis, ...copies]) one.removeAllListeners("close").disconnect()
    })
  },
  { name: "raclette-redis" },
)

/** Whether the server can be asked now. */
export function isThere(redis: Redis): boolean {
  return redis.status === "ready"
}

/**
 * Lets what is duplicated of `redis` wait for the server, however long it is away: these are the connections that read
 * without end, and would ask again at once whenever they were refused.
 */
function patientCopies(redis: Redis): Redis[] {
  const copies: Redis[] = []
  const patience = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined }
  redis.duplicate = (override) => {
    const copy = new Redis({ ...redis.options, ...patience, ...override } as typeof redis.options)
    copies.push(copy)
    return copy
  }
  return copies
}

async function reach(redis: Redis): Promise<void> {
  let last: NodeJS.ErrnoException | undefined
  const keep = (error: NodeJS.ErrnoException) => {
    last = error
  }
  redis.on("error", keep)
  await redis.connect().catch((error) => {
    redis.disconnect()
    const reason = last ?? error
    throw new Error(`The server of REDIS_URL cannot be used: ${reason.message || reason.code}`, { cause: error })
  })
  redis.off("error", keep)
}

/** Logs that the server is gone and that it is back, and each reason why it cannot be reached once. */
function tellOfLoss(redis: Redis, log: FastifyBaseLogger): void {
  let isAway = false
  let reason = ""
  redis.on("close", () => {
    if (!isAway) log.error("Redis is away: events are kept until it is back, and requests are not counted")
    isAway = true
  })
  redis.on("error", (error: NodeJS.ErrnoException) => {
    const now = error.message || String(error.code)
    if (now !== reason) log.error(error, "Redis cannot be reached")
    reason = now
  })
  redis.on("ready", () => {
    if (isAway) log.warn("Redis is back")
    isAway = false
    reason = ""
  })
}
