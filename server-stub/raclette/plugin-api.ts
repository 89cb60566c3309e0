// The decorators that plugins written for raclette.js expect on their Fastify instance and on requests. raclette.js'
// source is not public, so details that its documentation leaves open are decided here. Functions of raclette.js'
// database layer, which this stub does not have, throw an error that names the replacement.
import type { FastifyInstance, FastifyRequest } from "fastify"
import type { GeneratedConfig } from "./generated-config"
import { type ClientPayloadRequestData, dataRead, isRead, type Payload } from "./types"

/** How `createPayload` prepares the items of an entity for clients. */
export interface PayloadHandler<T> {
  type?: string
  /** For a host that lists or completes items; the stub does not call them. */
  displayName?(item: T): string
  completion?(item: T): string
  /** Extra fields of an item in payloads. The item's own fields win. */
  fields?(item: T, requestData: ClientPayloadRequestData): object
}

/** Additions to the plugin's generated config. */
export interface FrontendGeneration {
  /** The types of entities, by the entities' names in paths. Default: an entity's type is its name. */
  entityMapping?: Record<string, string>
}

declare module "fastify" {
  interface FastifyInstance {
    /** An object for the plugin's services. Each plugin has its own. */
    // biome-ignore lint/suspicious/noExplicitAny: plugins store values of any type here
    custom: Record<string, any>
    /** Resolves with a payload of `items`, whose type is that of `requestData`. */
    createPayload<T extends object>(
      entity: string,
      items: T[],
      requestData: ClientPayloadRequestData,
    ): Promise<Payload<T>>
    /** Sets how `createPayload` prepares an entity's items. */
    registerPayloadHandler<T extends object>(entity: string, handler: PayloadHandler<T>): void
    registerForFrontendGeneration(generation: FrontendGeneration): void
    /** Not supported: throws. */
    createModel(...args: unknown[]): never
    /** Not supported: throws. */
    registerSchema(...args: unknown[]): never
    /** Not supported: throws. */
    registerCrudHandlers(...args: unknown[]): never
  }
  interface FastifyRequest {
    /** The request's data for services; see docs/plugins.md. */
    readonly requestParams: ClientPayloadRequestData
  }
}

/** Functions that are not supported, each with its replacement. */
const UNSUPPORTED = {
  createModel: "define a table with sqliteTable(), and create it with fastify.database.createTable(table)",
  registerSchema: "remove this call, put schemas into the `schema` of routes, and derive types with TypeBox's Static",
  registerCrudHandlers: "remove this call, and register a route for each operation",
} as const

/** Adds raclette.js' decorators to a plugin's instance. */
export function decoratePluginApi(fastify: FastifyInstance, config: GeneratedConfig): void {
  const handlers = new Map<string, PayloadHandler<object>>()
  fastify.decorate("custom", {})
  fastify.decorate("registerPayloadHandler", (entity: string, handler: PayloadHandler<never>) => {
    handlers.set(entity, handler as PayloadHandler<object>)
  })
  fastify.decorate("createPayload", (async (entity: string, items: object[], data: ClientPayloadRequestData) => {
    const { fields } = handlers.get(entity) ?? {}
    const prepared = fields ? items.map((item) => ({ ...fields(item, data), ...item })) : items
    return { type: data.type, body: { items: prepared } }
  }) as FastifyInstance["createPayload"])
  fastify.decorate("registerForFrontendGeneration", ({ entityMapping = {} }: FrontendGeneration) => {
    Object.assign(config.entityMapping, entityMapping)
    for (const [entity, type] of Object.entries(entityMapping)) {
      if (config.data[entity]) config.data[entity].type = type
    }
  })
  for (const [name, instead] of Object.entries(UNSUPPORTED)) {
    fastify.decorate(name, () => {
      throw new Error(
        `Plugin ${config.pluginKey} calls fastify.${name}(), which this backend does not support: ${instead}`,
      )
    })
  }
  fastify.decorateRequest("requestParams", { getter: requestParamsOf } as never)
}

/** `project`: the project that query or body names, if the user is a member of it. */
function requestParamsOf(this: FastifyRequest): ClientPayloadRequestData {
  const { type = dataRead } = this.routeOptions.config
  const requested = [this.query, this.body].map((part) => (part as { project?: unknown } | undefined)?.project)
  const project = this.user?.projects?.find((one) => requested.includes(one))
  return { type, broadcast: !isRead(type, this.method), ...(project !== undefined && { project }) }
}
