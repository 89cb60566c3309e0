// The connection to the Redis server that nodes share. Redis may become unreachable while the app runs. Then commands
// reject at once, or after 2 s without a reply, so that no request waits for Redis. The client reconnects by itself.
// The log has one line for the outage, one for each reason, and one for the recovery.
import type { FastifyBaseLogger } from "fastify"
import plugin from "fastify-plugin"
import { Redis } from "ioredis"

/** How long a reply may take, in ms. */
const COMMAND_TIMEOUT = 2000
/** After how long without data a connection that awaits a reply is closed, in ms. Longer than any command blocks. */
const SOCKET_TIMEOUT = 3000
/** The longest delay between two attempts to connect, in ms. */
const MAX_RETRY_DELAY = 1000

const retryStrategy = (attempt: number) => Math.min(50 * 2 ** (attempt - 1), MAX_RETRY_DELAY) + Math.random() * 200

export interface RedisOptions {
  /** URL of the server. Default: none, there is one node. */
  redisUrl?: string | undefined
}

declare module "fastify" {
  interface FastifyInstance {
    /** The Redis client; undefined for a single node. */
    redis: Redis | undefined
  }
}

/** Decorates the app with `redis`. Rejects if it cannot connect. */
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
      commandTimeout: COMMAND_TIMEOUT,
      socketTimeout: SOCKET_TIMEOUT,
      retryStrategy,
    })
    const duplicates = configureDuplicates(redis)
    await connect(redis)
    logOutages(redis, fastify.log)
    fastify.decorate("redis", redis)
    fastify.addHook("onClose", async () => {
      for (const one of [redis, ...duplicates]) one.removeAllListeners("close").disconnect()
    })
  },
  { name: "raclette-redis" },
)

/** Whether commands can be sent now. */
export function isReady(redis: Redis): boolean {
  return redis.status === "ready"
}

/**
 * Makes duplicates of `redis` wait for the server however long it is unreachable, and returns them. The adapter uses
 * duplicates for its blocking reads, which it would otherwise retry in a busy loop.
 */
function configureDuplicates(redis: Redis): Redis[] {
  const duplicates: Redis[] = []
  const retryForever = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined }
  redis.duplicate = (override) => {
    const copy = new Redis({ ...redis.options, ...retryForever, ...override } as typeof redis.options)
    duplicates.push(copy)
    return copy
  }
  return duplicates
}

async function connect(redis: Redis): Promise<void> {
  let last: NodeJS.ErrnoException | undefined
  const keep = (error: NodeJS.ErrnoException) => {
    last = error
  }
  redis.on("error", keep)
  await redis.connect().catch((error) => {
    redis.disconnect()
    const reason = last ?? error
    const hint = "Check that Redis runs, and that host, port and password are right."
    throw new Error(`Cannot connect to REDIS_URL: ${reason.message || reason.code}. ${hint}`, { cause: error })
  })
  redis.off("error", keep)
}

/** Logs the start and end of each outage, and each reason once. */
function logOutages(redis: Redis, log: FastifyBaseLogger): void {
  let isDown = false
  let reason = ""
  redis.on("close", () => {
    if (!isDown) {
      log.error(
        "The connection to Redis is lost: reconnecting. Until then events wait in the outbox, and RATE_LIMIT is off",
      )
    }
    isDown = true
  })
  redis.on("error", (error: NodeJS.ErrnoException) => {
    const latest = error.message || String(error.code)
    if (latest !== reason) log.error(error, "Cannot connect to Redis: retrying")
    reason = latest
  })
  redis.on("ready", () => {
    if (isDown) log.warn("The connection to Redis is restored")
    isDown = false
    reason = ""
  })
}
