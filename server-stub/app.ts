// Builds the backend as an app that does not listen yet: tests inject requests into it, main.ts lets it listen.
import { existsSync } from "node:fs"
import cors, { type FastifyCorsOptions } from "@fastify/cors"
import rateLimiter, { type RateLimitPluginOptions } from "@fastify/rate-limit"
import sensible from "@fastify/sensible"
import staticFiles from "@fastify/static"
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify"
import type { Redis } from "ioredis"
import auth from "./raclette/auth"
import { broadcasts } from "./raclette/broadcast"
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
import limits from "./raclette/limits"
import measures from "./raclette/metrics"
import outbox from "./raclette/outbox"
import { offerPluginApi } from "./raclette/plugin-api"
import { checkKeys, loadPlugins } from "./raclette/plugins"
import redis from "./raclette/redis"
import refresh from "./raclette/refresh"
import sockets, { type SocketOptions } from "./raclette/sockets"
import type { RaclettePlugin } from "./raclette/types"
import { compileValidator } from "./raclette/validation"

export interface AppOptions {
  /** Folder of the database; made if it is not there. */
  dataFolder: string
  /** Address of a PostgreSQL database that nodes share, used instead of the file. Default: none. */
  databaseUrl?: string | undefined
  /** Address of a Redis server by which nodes share events and the count of requests. Default: none, there is one node. */
  redisUrl?: string | undefined
  /** Signs tokens. */
  secret: string
  /** How long a token is valid, in seconds. Default: 12 hours. */
  tokenLifetime?: number
  /** Offers `POST /auth/dev-login`. Default: false. */
  devLogin?: boolean
  /** How many requests a minute one address may send, to all nodes; 0 for any number. Default: 0. */
  rateLimit?: number
  /** Addresses of the proxies whose X-Forwarded-For is trusted. Default: none. */
  trustProxy?: false | string[]
  /** Whether clients are told what routes say of failures of the server's own. Default: false. */
  isDevelopment?: boolean
  /** How long a request may take to arrive, in ms. Default: 30,000. */
  requestLimit?: number
  /** How long its answer may take from then on, in ms; then it is 503. Default: 15,000. */
  answerLimit?: number
  /** Offers `GET /metrics`. Default: false. */
  metrics?: boolean
  /** Bounds of connections. */
  sockets?: SocketOptions
  /** Folder of the built demo page, served at `/`. Default: none. */
  webRoot?: string
  /** Puts the routes of each plugin that says no `routePrefix` under `/plugin/<author>/<name>`. Default: false. */
  pluginPrefix?: boolean
  /** Default: those of the folder `plugins`. */
  plugins?: RaclettePlugin[]
  /** Default: no log. */
  logger?: FastifyServerOptions["logger"]
}

declare module "fastify" {
  interface FastifyInstance {
    /** Generated configs, one per plugin; complete once the app is ready. */
    generatedConfigs: GeneratedConfig[]
  }
}

const TOKEN_LIFETIME = 12 * 60 * 60

/**
 * Pages of any origin may use the API: who may do what is decided by the token. A method that is not listed here fails
 * its preflight. The headers of requests (`authorization`, `idempotency-key`) are allowed as they are asked for.
 */
const CORS: FastifyCorsOptions = {
  origin: true,
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  exposedHeaders: ["retry-after", "raclette-commit"],
  maxAge: 600,
}
const pluginFolder = new URL("plugins/", import.meta.url)

/** Builds the app. `listen()` or `inject()` it; `close()` sends what is under way and frees everything. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { dataFolder, databaseUrl, redisUrl, secret, tokenLifetime = TOKEN_LIFETIME } = options
  const { devLogin = false, rateLimit = 0, trustProxy = false, webRoot, logger = false } = options
  const { isDevelopment = false, metrics = false, requestLimit = 30_000, answerLimit = 15_000 } = options
  const fastify = Fastify({
    logger,
    trustProxy,
    forceCloseConnections: true,
    requestTimeout: requestLimit,
    // Node looks for requests that are late every 30 s unless it is told otherwise.
    http: { headersTimeout: requestLimit, connectionsCheckingInterval: Math.min(1000, requestLimit) },
  }).withTypeProvider<TypeBoxTypeProvider>()
  fastify.setValidatorCompiler(compileValidator)
  await fastify.register(drain)
  await fastify.register(sensible)
  await fastify.register(errors, { isDevelopment })
  await fastify.register(cors, CORS)
  await fastify.register(limits, { answerLimit })
  if (metrics) await fastify.register(measures)
  await fastify.register(redis, { redisUrl })
  if (rateLimit > 0) await fastify.register(rateLimiter, limiterOptions(rateLimit, fastify.redis))
  await fastify.register(documentation)
  await fastify.register(database, { dataFolder, databaseUrl })
  await fastify.register(endedLogins)
  await fastify.register(auth, { secret, tokenLifetime })
  await fastify.register(refresh, { tokenLifetime })
  if (devLogin) registerDevLogin(fastify)
  await fastify.register(idempotency)
  await fastify.register(outbox, { isAlone: !databaseUrl })
  await fastify.register(sockets, options.sockets ?? {})
  await fastify.register(commits)
  fastify.decorate("generatedConfigs", [] as GeneratedConfig[])
  await registerPlugins(fastify, options)
  registerConfigRoutes(fastify)
  registerHealth(fastify)
  if (webRoot && existsSync(webRoot)) await fastify.register(staticFiles, { root: webRoot })
  return fastify
}

/** Counts in Redis where nodes share one, each address once for all of them; while it is away nobody is refused. */
function limiterOptions(max: number, redis: Redis | undefined): RateLimitPluginOptions {
  const shared = redis && { redis, nameSpace: "raclette:requests:", skipOnError: true }
  return { max, timeWindow: "1 minute", ...shared }
}

async function registerPlugins(fastify: FastifyInstance, { plugins, pluginPrefix }: AppOptions): Promise<void> {
  const all = plugins ?? (await loadPlugins(pluginFolder))
  checkKeys(all)
  for (const plugin of all) {
    const { author, name, routePrefix = pluginPrefix ? `/plugin/${author}/${name}` : "" } = plugin
    await registerPlugin(fastify, plugin, routePrefix)
  }
}

/** Registers a plugin in a context of its own, so that its hooks and decorations stay with it. */
async function registerPlugin(fastify: FastifyInstance, plugin: RaclettePlugin, routePrefix: string): Promise<void> {
  await fastify.register(
    async (own) => {
      const config = collectConfig(own, plugin, routePrefix)
      fastify.generatedConfigs.push(config)
      broadcasts(own, plugin)
      offerPluginApi(own, config)
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
    if (!config) throw fastify.httpErrors.notFound(`There is no plugin ${pluginKey}`)
    return config
  })
}
