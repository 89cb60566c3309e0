// Builds the backend as a Fastify app. The app does not listen yet: main.ts calls `listen()`, tests may `inject()`
// requests.
import { existsSync } from "node:fs"
import cors, { type FastifyCorsOptions } from "@fastify/cors"
import rateLimiter, { type RateLimitPluginOptions } from "@fastify/rate-limit"
import sensible from "@fastify/sensible"
import staticFiles from "@fastify/static"
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify"
import type { Redis } from "ioredis"
import auth from "./raclette/auth"
import { registerBroadcasts } from "./raclette/broadcast"
import commits from "./raclette/commits"
import database from "./raclette/database"
import { registerDevLogin } from "./raclette/dev-login"
import documentation from "./raclette/documentation"
import drain from "./raclette/drain"
import endedLogins from "./raclette/ended-logins"
import errors from "./raclette/errors"
import { collectConfig, type GeneratedConfig } from "./raclette/generated-config"
import { registerHealth } from "./raclette/health"
import idempotency from "./raclette/idempotency"
import measures from "./raclette/metrics"
import outbox from "./raclette/outbox"
import { decoratePluginApi } from "./raclette/plugin-api"
import { checkKeys, loadPlugins } from "./raclette/plugins"
import redis from "./raclette/redis"
import refresh from "./raclette/refresh"
import responseTimeouts from "./raclette/response-timeout"
import sockets, { type SocketOptions } from "./raclette/sockets"
import type { RaclettePlugin } from "./raclette/types"
import { compileValidator } from "./raclette/validation"

export interface AppOptions {
  /** Folder of the SQLite file. It is created if missing. */
  dataFolder: string
  /** URL of a PostgreSQL database that nodes share, used instead of the SQLite file. Default: none. */
  databaseUrl?: string | undefined
  /** URL of a Redis server through which nodes share events and rate limits. Default: none, there is one node. */
  redisUrl?: string | undefined
  /** Signs tokens. */
  secret: string
  /** How long a token is valid, in seconds. Default: 12 hours. */
  tokenLifetime?: number
  /** Adds `POST /auth/dev-login`. Default: false. */
  devLogin?: boolean
  /** How many requests per minute all nodes together accept from one address. 0: any number. Default: 0. */
  rateLimit?: number
  /** Addresses of the trusted proxies, whose X-Forwarded-For counts. Default: none. */
  trustProxy?: false | string[]
  /** Sends clients the messages of 5xx errors that routes throw. Default: false. */
  isDevelopment?: boolean
  /** How long a request may take to arrive, in ms. Default: 30,000. */
  requestTimeout?: number
  /** How long the response may take from then on, in ms; after that the client gets 503. Default: 15,000. */
  responseTimeout?: number
  /** Adds `GET /metrics`. Default: false. */
  metrics?: boolean
  /** Limits of Socket.IO connections. */
  sockets?: SocketOptions
  /** Folder of the built demo page, served at `/`. Default: none. */
  webRoot?: string
  /** Puts the routes of each plugin without a `routePrefix` under `/plugin/<author>/<name>`. Default: false. */
  pluginPrefix?: boolean
  /** Default: the plugins in the folder `plugins`. */
  plugins?: RaclettePlugin[]
  /** Default: no log. */
  logger?: FastifyServerOptions["logger"]
}

declare module "fastify" {
  interface FastifyInstance {
    /** The generated config of each plugin. Complete once the app is ready. */
    generatedConfigs: GeneratedConfig[]
  }
}

const TOKEN_LIFETIME = 12 * 60 * 60

/**
 * Pages of any origin may use the API, since the token decides what a client may do. A method that is missing here
 * fails its preflight. @fastify/cors allows every request header that a preflight lists.
 */
const CORS: FastifyCorsOptions = {
  origin: true,
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  exposedHeaders: ["retry-after", "raclette-commit"],
  maxAge: 600,
}
const pluginFolder = new URL("plugins/", import.meta.url)

/** Builds the app. Call `listen()` or `inject()` on it. `close()` answers requests in flight, then frees everything. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const fastify = createServer(options)
  await registerHttp(fastify, options)
  await registerStorageAndAuth(fastify, options)
  await registerOperations(fastify, options)
  await registerPlugins(fastify, options)
  registerConfigRoutes(fastify)
  registerHealth(fastify)
  const { webRoot } = options
  if (webRoot && existsSync(webRoot)) await fastify.register(staticFiles, { root: webRoot })
  return fastify
}

function createServer({ logger = false, trustProxy = false, requestTimeout = 30_000 }: AppOptions): FastifyInstance {
  const fastify = Fastify({
    logger,
    trustProxy,
    forceCloseConnections: true,
    requestTimeout,
    // By default Node checks for late requests only every 30 s.
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(1000, requestTimeout) },
  })
  return fastify.setValidatorCompiler(compileValidator)
}

/** Registers what every request passes through. Hooks run in the order of registration. */
async function registerHttp(fastify: FastifyInstance, options: AppOptions): Promise<void> {
  const { redisUrl, rateLimit = 0, isDevelopment = false, metrics = false, responseTimeout = 15_000 } = options
  await fastify.register(drain)
  await fastify.register(sensible)
  await fastify.register(errors, { isDevelopment })
  await fastify.register(cors, CORS)
  await fastify.register(responseTimeouts, { responseTimeout })
  if (metrics) await fastify.register(measures)
  await fastify.register(redis, { redisUrl })
  if (rateLimit > 0) await fastify.register(rateLimiter, limiterOptions(rateLimit, fastify.redis))
  await fastify.register(documentation)
}

async function registerStorageAndAuth(fastify: FastifyInstance, options: AppOptions): Promise<void> {
  const { dataFolder, databaseUrl, secret, tokenLifetime = TOKEN_LIFETIME, devLogin = false } = options
  await fastify.register(database, { dataFolder, databaseUrl })
  await fastify.register(endedLogins)
  await fastify.register(auth, { secret, tokenLifetime })
  await fastify.register(refresh, { tokenLifetime })
  if (devLogin) registerDevLogin(fastify.withTypeProvider<TypeBoxTypeProvider>())
}

/** Registers what operations need: stored responses, the outbox and the Socket.IO server. */
async function registerOperations(fastify: FastifyInstance, { databaseUrl, sockets: limits = {} }: AppOptions) {
  await fastify.register(idempotency)
  await fastify.register(outbox, { isAlone: !databaseUrl })
  await fastify.register(sockets, limits)
  await fastify.register(commits)
}

/** With Redis, all nodes count an address together. While Redis is unreachable, no request is refused. */
function limiterOptions(max: number, redis: Redis | undefined): RateLimitPluginOptions {
  const shared = redis && { redis, nameSpace: "raclette:requests:", skipOnError: true }
  return { max, timeWindow: "1 minute", ...shared }
}

async function registerPlugins(fastify: FastifyInstance, { plugins, pluginPrefix }: AppOptions): Promise<void> {
  fastify.decorate("generatedConfigs", [] as GeneratedConfig[])
  const all = plugins ?? (await loadPlugins(pluginFolder))
  checkKeys(all)
  for (const plugin of all) {
    const { author, name, routePrefix = pluginPrefix ? `/plugin/${author}/${name}` : "" } = plugin
    await registerPlugin(fastify, plugin, routePrefix)
  }
}

/** Registers a plugin in an encapsulated context, so that its hooks and decorators do not leak. */
async function registerPlugin(fastify: FastifyInstance, plugin: RaclettePlugin, routePrefix: string): Promise<void> {
  await fastify.register(
    async (own) => {
      const config = collectConfig(own, plugin, routePrefix)
      fastify.generatedConfigs.push(config)
      registerBroadcasts(own, plugin)
      decoratePluginApi(own, config)
      const { name, author } = plugin
      const options = { key: config.pluginKey, name, author, routePrefix }
      await plugin.register(own.withTypeProvider<TypeBoxTypeProvider>(), options)
    },
    { prefix: routePrefix },
  )
}

function registerConfigRoutes(fastify: FastifyInstance): void {
  fastify.get("/raclette/config", () => fastify.generatedConfigs)
  fastify.get<{ Params: { pluginKey: string } }>("/raclette/config/:pluginKey", async (request) => {
    const { pluginKey } = request.params
    const config = fastify.generatedConfigs.find((one) => one.pluginKey === pluginKey)
    if (config) return config
    const keys = fastify.generatedConfigs.map((one) => one.pluginKey).join(", ")
    throw fastify.httpErrors.notFound(`Plugin "${pluginKey}" not found. Registered plugins: ${keys}.`)
  })
}
