// The backend as a process. It prints one line with its address when it is ready, and logs to standard error. On
// SIGTERM or SIGINT it answers requests in flight, closes sockets and database, and exits.
//   HOST (127.0.0.1)  PORT (8082; 0: any)  RACLETTE_DATA (server-stub/data)  RACLETTE_WEB (folder of the demo page)
//   DATABASE_URL (a PostgreSQL database; none: a SQLite file)
//   REDIS_URL (a Redis server by which nodes share events and the count of requests; none: one node)
//   JWT_SECRET (needed in production)  TOKEN_LIFETIME (seconds; 43200)  NODE_ENV  LOG_LEVEL (warn)
//   DEV_LOGIN (1: tokens for whoever asks; never in production)
//   RATE_LIMIT (requests a minute of one address; 6000; 0: any number)
//   METRICS (1: offers GET /metrics; none)
//   PLUGIN_PREFIX (1: routes of plugins are under /plugin/<author>/<name>; none)
//   TRUST_PROXY (addresses of the proxies that are trusted to name their clients; none)
import type { AddressInfo } from "node:net"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { FastifyInstance } from "fastify"
import { buildApp } from "./app"
import { readSecret } from "./raclette/auth"
import { parseTrustProxy } from "./raclette/trust-proxy"

const SHUTDOWN_TIMEOUT = 5000

const { env } = process
const dataFolder = env.RACLETTE_DATA ?? fileURLToPath(new URL("data", import.meta.url))
const isProduction = env.NODE_ENV === "production"
const host = env.HOST ?? "127.0.0.1"
const port = Number(env.PORT ?? 8082)

async function start(): Promise<void> {
  const app = await buildApp({
    dataFolder,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    secret: readSecret(env, dataFolder),
    ...(env.TOKEN_LIFETIME && { tokenLifetime: Number(env.TOKEN_LIFETIME) }),
    rateLimit: Number(env.RATE_LIMIT ?? 6000),
    trustProxy: parseTrustProxy(env.TRUST_PROXY),
    devLogin: env.DEV_LOGIN === "1" && !isProduction,
    isDevelopment: !isProduction,
    metrics: env.METRICS === "1",
    pluginPrefix: env.PLUGIN_PREFIX === "1",
    logger: { level: env.LOG_LEVEL ?? "warn", stream: process.stderr },
    ...(env.RACLETTE_WEB && { webRoot: resolve(env.RACLETTE_WEB) }),
  })
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void shutDown(app))
  }
  await app.listen({ host, port })
  const address = app.server.address() as AddressInfo
  console.log(`raclette-wasm demo: http://${host}:${address.port}/`)
}

/** Closes the app and exits with 0; exits with 1 if that takes longer than `SHUTDOWN_TIMEOUT` ms. */
async function shutDown(app: FastifyInstance): Promise<void> {
  setTimeout(() => {
    app.log.error(`Shutdown took longer than ${SHUTDOWN_TIMEOUT} ms: exiting without closing what is still open`)
    process.exit(1)
  }, SHUTDOWN_TIMEOUT)
  await app.close()
  process.exit(0)
}

start().catch((error: NodeJS.ErrnoException) => {
  const isTaken = error.code === "EADDRINUSE"
  const hint = `Port ${port} is already in use. Stop the process that listens there, or set PORT to a free port.`
  console.error(isTaken ? hint : error.message)
  process.exit(1)
})
