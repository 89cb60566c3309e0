// The generated config describes a plugin to the frontend. It is derived from the plugin's routes, served over HTTP and
// written to a module. The same routes always give the same text.
import type { FastifyInstance, RouteOptions } from "fastify"
import { channelOf, channelPrefix, pluginKey } from "./broadcast"
import type { OperationType, RaclettePlugin } from "./types"

declare module "fastify" {
  interface FastifyContextConfig {
    /** The operation's name. Default: derived from method and path. */
    operation?: string
  }
}

export interface GeneratedOperation {
  target: string
  method: string
  storeActionType: OperationType
  channels?: { channel: string; channelKey: string; prefix: string }[]
}

export interface GeneratedConfig {
  pluginName: string
  author: string
  pluginKey: string
  routePrefix: string
  /** Each entity's type, by the entity's name. */
  entityMapping: Record<string, string>
  data: Record<string, { type: string; offlineMode?: true; operations: Record<string, GeneratedOperation> }>
}

const byMethod: Record<string, string> = {
  GET: "get",
  POST: "create",
  PATCH: "update",
  PUT: "update",
  DELETE: "delete",
}

/**
 * Entity and operation of a route, as raclette.js names them. The entity is the first segment of the path. The
 * operation is the method's verb and the other fixed segments: `getAll` for `GET /todo/all`, `createArchive` for `POST
 * /todo/:_id/archive`.
 */
export function nameOperation(method: string, path: string): { entity: string; operation: string } {
  const [entity = "", ...rest] = path.split("/").filter((segment) => segment !== "" && !segment.startsWith(":"))
  const words = rest.flatMap((segment) => segment.split(/[^\w$]+/))
  const capitalised = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return { entity, operation: [byMethod[method] ?? method.toLowerCase(), ...capitalised].join("") }
}

/** Collects a plugin's config while the plugin registers its routes on `fastify`. Complete once the app is ready. */
export function collectConfig(fastify: FastifyInstance, plugin: RaclettePlugin, routePrefix: string): GeneratedConfig {
  const { name, author } = plugin
  const key = pluginKey(plugin)
  const config: GeneratedConfig = {
    pluginName: name,
    author,
    pluginKey: key,
    routePrefix,
    entityMapping: { ...plugin.entityMapping },
    data: {},
  }
  fastify.addHook("onRoute", (route) => addRoute(config, plugin, route))
  fastify.addHook("onReady", async () => {
    const unknown = plugin.offlineMode?.find((entity) => !config.data[entity])
    if (unknown === undefined) return
    const known = Object.keys(config.data).join(", ")
    throw new Error(`offlineMode of plugin ${key} names the entity ${unknown}, but its routes' entities are: ${known}`)
  })
  return config
}

function addRoute(config: GeneratedConfig, plugin: RaclettePlugin, route: RouteOptions): void {
  const type = route.config?.type
  if (!type || route.method === "HEAD") return
  const method = String(route.method)
  const { entity, operation: named } = nameOperation(method, route.url.slice(config.routePrefix.length))
  const operation = route.config?.operation ?? named
  const generated: GeneratedOperation = { target: route.url, method: method.toLowerCase(), storeActionType: type }
  const prefix = channelPrefix(plugin)
  const channels = (route.config?.broadcastChannels ?? []).map((channelKey) => {
    return { channel: channelOf(plugin, channelKey), channelKey, prefix }
  })
  if (channels.length > 0) generated.channels = channels
  config.entityMapping[entity] ??= entity
  const isOffline = plugin.offlineMode?.includes(entity)
  config.data[entity] ??= {
    type: config.entityMapping[entity],
    ...(isOffline && { offlineMode: true }),
    operations: {},
  }
  const { operations } = config.data[entity]
  const other = operations[operation]
  if (other) {
    const routes = `${method} ${route.url} and ${other.method.toUpperCase()} ${other.target}`
    throw new Error(`${routes} are both ${entity}.${operation}: set \`operation\` in the config of one of them`)
  }
  operations[operation] = generated
}

/** The config as a TypeScript module with literal types, formatted as Biome formats it. */
export function configModule(config: GeneratedConfig): string {
  const head = "// Generated from the backend's routes by `npm run config`. Do not edit: change the routes instead."
  return `${head}\nexport default ${print(config, 0)} as const\n`
}

/** A value as source text, with one member per line. */
function print(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const isArray = Array.isArray(value)
  const members = isArray
    ? value.map((item) => print(item, depth + 1))
    : Object.entries(value).map(([key, member]) => `${printKey(key)}: ${print(member, depth + 1)}`)
  const [open, close] = isArray ? ["[", "]"] : ["{", "}"]
  if (members.length === 0) return open + close
  const indent = "  ".repeat(depth + 1)
  return `${open}\n${members.map((member) => `${indent}${member},\n`).join("")}${"  ".repeat(depth)}${close}`
}

function printKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}
