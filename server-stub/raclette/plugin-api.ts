// What plugins written for raclette.js find on their Fastify instance and on their requests, beside Fastify and the stub's own.
// Upstream's source is not public, so what its documentation leaves open is decided here. What needs the database layer that
// this stub does not have throws when it is called, and says what to do instead.
import type { FastifyInstance, FastifyRequest } from "fastify"
import type { GeneratedConfig } from "./generated-config"
import { type ClientPayloadRequestData, dataRead, isRead, type Payload } from "./types"

/** How the items of an entity are made known to clients. */
export interface PayloadHandler<T> {
  type?: string
  /** For a host that lists or completes items; the stub does not call them. */
  displayName?(item: T): string
  completion?(item: T): string
  /** Fields that an item gets in payloads where it has none of that name. */
  fields?(item: T, requestData: ClientPayloadRequestData): object
}

/** What the frontend is told of the plugin, beside its routes. */
export interface FrontendGeneration {
  /** The types of entities, by the entities' names in paths. Default: an entity's type is its name. */
  entityMapping?: Record<string, string>
}

declare module "fastify" {
  interface FastifyInstance {
    /** Where a plugin keeps its services; each plugin has its own. */
    // biome-ignore lint/suspicious/noExplicitAny: what plugins keep here is theirs
    custom: Record<string, any>
    /** The payload of `items`, of the type that `requestData` has. */
    createPayload<T extends object>(
      entity: string,
      items: T[],
      requestData: ClientPayloadRequestData,
    ): Promise<Payload<T>>
    /** Says how payloads of an entity are made by `createPayload`. */
    registerPayloadHandler<T extends object>(entity: string, handler: PayloadHandler<T>): void
    registerForFrontendGeneration(generation: FrontendGeneration): void
    /** Not built: throws. */
    createModel(...args: unknown[]): never
    /** Not built: throws. */
    registerSchema(...args: unknown[]): never
    /** Not built: throws. */
    registerCrudHandlers(...args: unknown[]): never
  }
  interface FastifyRequest {
    /** What services are told of the request; see docs/plugins.md. */
    readonly requestParams: ClientPayloadRequestData
  }
}

/** What to do instead of calling what is not built. */
const NOT_BUILT = {
  createModel: "define a table with sqliteTable, and create it with fastify.database.createTable(table)",
  registerSchema: "put schemas into the `schema` of routes and leave this call out; their types are TypeBox's Static",
  registerCrudHandlers: "register a route for each operation and leave this call out",
} as const

/** Gives a plugin's own instance what raclette.js gives it. */
export function offerPluginApi(fastify: FastifyInstance, config: GeneratedConfig): void {
  const handlers = new Map<string, PayloadHandler<object>>()
  fastify.decorate("custom", {})
  fastify.decorate("registerPayloadHandler", (entity: string, handler: PayloadHandler<never>) => {
    handlers.set(entity, handler as PayloadHandler<object>)
  })
  fastify.decorate("createPayload", (async (entity: string, items: object[], data: ClientPayloadRequestData) => {
    const { fields } = handlers.get(entity) ?? {}
    const told = fields ? items.map((item) => ({ ...fields(item, data), ...item })) : items
    return { type: data.type, body: { items: told } }
  }) as FastifyInstance["createPayload"])
  fastify.decorate("registerForFrontendGeneration", ({ entityMapping = {} }: FrontendGeneration) => {
    Object.assign(config.entityMapping, entityMapping)
    for (const [entity, type] of Object.entries(entityMapping)) {
      if (config.data[entity]) config.data[entity].type = type
    }
  })
  for (const [name, instead] of Object.entries(NOT_BUILT)) {
    fastify.decorate(name, () => {
      throw new Error(`The plugin ${config.pluginKey} calls fastify.${name}, which is not built here: ${instead}`)
    })
  }
  fastify.decorateRequest("requestParams", { getter: requestParamsOf } as never)
}

/** `project`: the one that the query or the body names, if the user is a member of it. */
function requestParamsOf(this: FastifyRequest): ClientPayloadRequestData {
  const { type = dataRead } = this.routeOptions.config
  const asked = [this.query, this.body].map((part) => (part as { project?: unknown } | undefined)?.project)
  const project = this.user?.projects?.find((one) => asked.includes(one))
  return { type, broadcast: !isRead(type, this.method), ...(project !== undefined && { project }) }
}
