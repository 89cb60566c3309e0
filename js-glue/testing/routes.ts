// The routes and channels of the generated configs, and the names that tests use for them. Operations with the same method
// and path share one route. If several routes match, the one with more fixed segments wins, as in Fastify. An unknown or
// ambiguous name throws an error that lists the known ones.
import type { EntityConfig, OperationConfig, PluginConfig } from "raclette-wasm"

/** What an operation does to items. */
export type Kind = "read" | "create" | "update" | "delete" | "hardDelete" | "restore"

export interface Channel {
  /** The event's name on the wire. */
  name: string
  channelKey: string
}

export interface Operation {
  /** `todo.create` */
  name: string
  /** `pacifico__todo:todo.create` */
  fullName: string
  entity: Entity
  kind: Kind
  /** `type` of its payload. */
  type: string
  channels: Channel[]
  /** Placeholders of its path; empty while the path is unknown. */
  placeholders: string[]
  /** True if the path ends in a placeholder. */
  endsInPlaceholder: boolean
}

export interface Entity {
  name: string
  fullName: string
  /** Entities with the same key share their items. */
  key: string
  config: EntityConfig
}

export interface Route {
  method: string
  path: string
  pattern: RegExp
  names: string[]
  /** Number of fixed segments of the path. */
  weight: number
  operations: Operation[]
}

export interface Match {
  route: Route
  params: Record<string, string>
}

const KINDS: Record<string, Kind> = {
  dataRead: "read",
  dataCreate: "create",
  dataUpdate: "update",
  dataMove: "update",
  dataRestore: "restore",
  dataDelete: "delete",
  dataHardDelete: "hardDelete",
}

const BY_METHOD: Record<string, Kind> = { GET: "read", HEAD: "read", POST: "create", DELETE: "delete" }

const TYPES: Record<Kind, string> = {
  read: "dataRead",
  create: "dataCreate",
  update: "dataUpdate",
  restore: "dataRestore",
  delete: "dataDelete",
  hardDelete: "dataHardDelete",
}

/** A placeholder: `:name` up to the next slash, or `{name}`. */
const PLACEHOLDER = /:([^/?]+)|\{([^}]+)\}/g

/** Stands for a param in a call of a target function: letters and digits, which no encoding changes. */
const mark = (index: number) => `rAcLeTtEpArAm${index}x`

function kindOf(name: string, { method, storeActionType = "" }: OperationConfig): Kind {
  const kind = KINDS[storeActionType] ?? BY_METHOD[method.toUpperCase()] ?? "update"
  return kind === "delete" && /hard/i.test(name) ? "hardDelete" : kind
}

/** The path of a target function; undefined if it needs real params. */
function readFunction(target: (params: never) => string): string | undefined {
  const names: string[] = []
  const params = new Proxy(
    {},
    {
      get: (_params, name) => {
        if (typeof name !== "string") return undefined
        if (!names.includes(name)) names.push(name)
        return mark(names.indexOf(name))
      },
    },
  )
  try {
    const path = target(params as never)
    return names.reduce((text, name, index) => text.replaceAll(mark(index), `{${name}}`), path)
  } catch {
    return undefined
  }
}

/** Joins prefix and path like the runtime: no second prefix if the path begins with it. */
function joined(prefix: string, path: string): string {
  const before = prefix.replace(/^\/+|\/+$/g, "")
  const rest = path.replace(/^\/+/, "")
  return `/${before === "" || rest === before || rest.startsWith(`${before}/`) ? rest : `${before}/${rest}`}`
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** A route for a path, without its query string. */
export function routeOf(method: string, target: string): Route {
  const path = target.replace(/\?.*$/s, "")
  const names: string[] = []
  let source = ""
  let end = 0
  for (const { 0: whole, 1: byColon, 2: byBraces, index } of path.matchAll(PLACEHOLDER)) {
    names.push(byColon ?? byBraces ?? "")
    source += `${escaped(path.slice(end, index))}([^/]+?)`
    end = index + whole.length
  }
  const pattern = new RegExp(`^${source}${escaped(path.slice(end))}/?$`)
  const weight = path.split("/").filter((segment) => segment !== "" && !/[:{]/.test(segment)).length
  return { method: method.toUpperCase(), path, pattern, names, weight, operations: [] }
}

export class Routes {
  readonly operations: Operation[] = []
  readonly entities: Entity[] = []
  readonly #routes: Route[] = []
  /** Operations whose path is unknown. */
  readonly #unread: string[] = []

  constructor(plugins: readonly PluginConfig[], paths: Record<string, string> = {}) {
    for (const plugin of plugins) {
      for (const [name, config] of Object.entries(plugin.data)) this.#addEntity(plugin, name, config, paths)
    }
    for (const name of Object.keys(paths)) this.operation(name)
    this.#routes.sort((a, b) => b.weight - a.weight)
  }

  /** The route of a request and the values of its placeholders. */
  match(method: string, path: string): Match | undefined {
    for (const route of this.#routes) {
      const params = route.method === method ? paramsOf(route, path) : undefined
      if (params) return { route, params }
    }
    return undefined
  }

  /** Finds an operation by name. Throws if it is unknown or ambiguous. */
  operation(name: string): Operation {
    return only("operation", name, this.operations)
  }

  entity(name: string): Entity {
    return only("entity", name, this.entities)
  }

  /** The operations that a name, `todo.*` or `*` stands for. */
  operationsOf(name: string): Operation[] {
    if (name === "*") return this.operations
    if (!name.endsWith(".*")) return [this.operation(name)]
    const entity = this.entity(name.slice(0, -2))
    return this.operations.filter((operation) => operation.entity === entity)
  }

  /** Finds a channel by key or event name, and an operation that emits on it. */
  channel(name: string): { channel: Channel; operation: Operation } {
    const all = this.operations.flatMap((operation) =>
      operation.channels.map((channel) => ({
        channel,
        operation,
        name: channel.channelKey,
        fullName: fullOf(operation, channel),
      })),
    )
    const onWire = all.find(({ channel }) => channel.name === name)
    return onWire ?? only("channel", name, all.filter(isFirst))
  }

  /** Lists all routes, for error messages. */
  describe(): string {
    const known = this.#routes.map(
      ({ method, path, operations }) => `${method} ${path} (${operations.map(({ name }) => name).join(", ")})`,
    )
    const unread = this.#unread.map(
      (name) => `the target of ${name} is a function that needs its params: say its path in \`paths\` of createBackend`,
    )
    return [...known, ...unread].join("; ") || "no config has an operation"
  }

  #addEntity(plugin: PluginConfig, name: string, config: EntityConfig, paths: Record<string, string>): void {
    const key = `${plugin.pluginKey} ${config.type ?? name}`
    const entity = { name, fullName: `${plugin.pluginKey}:${name}`, key, config }
    this.entities.push(entity)
    for (const [own, operation] of Object.entries(config.operations)) {
      const added = operationOf(entity, own, operation)
      this.operations.push(added)
      const { target } = operation
      const read = typeof target === "function" ? readFunction(target) : target
      const path = paths[added.name] ?? paths[added.fullName] ?? read
      if (path === undefined) this.#unread.push(added.name)
      else this.#addRoute(operation.method, joined(plugin.routePrefix ?? "", path), added)
    }
  }

  #addRoute(method: string, path: string, operation: Operation): void {
    const made = routeOf(method, path)
    const same = this.#routes.find((one) => one.method === made.method && one.pattern.source === made.pattern.source)
    if (!same) this.#routes.push(made)
    const route = same ?? made
    route.operations.push(operation)
    operation.placeholders = route.names
    operation.endsInPlaceholder = /[^/]*[:{][^/]*$/.test(path)
  }
}

function operationOf(entity: Entity, own: string, config: OperationConfig): Operation {
  const kind = kindOf(own, config)
  return {
    name: `${entity.name}.${own}`,
    fullName: `${entity.fullName}.${own}`,
    entity,
    kind,
    type: config.storeActionType ?? TYPES[kind],
    channels: (config.channels ?? []).map(({ channel, channelKey }) => ({ name: channel, channelKey })),
    placeholders: [],
    endsInPlaceholder: false,
  }
}

function fullOf({ fullName }: Operation, { channelKey }: Channel): string {
  return `${fullName.slice(0, fullName.indexOf(":"))}:${channelKey}`
}

/** Operations may share a channel; the first one represents it. */
function isFirst({ fullName }: { fullName: string }, index: number, all: { fullName: string }[]): boolean {
  return all.findIndex((other) => other.fullName === fullName) === index
}

/** The values of a route's placeholders in a path; undefined if the path does not match. */
export function paramsOf({ names, pattern }: Route, path: string): Record<string, string> | undefined {
  const found = pattern.exec(path)
  if (!found) return undefined
  return Object.fromEntries(names.map((name, index) => [name, decoded(found[index + 1] ?? "")]))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The only element with a name. Throws if there is none, or several. */
function only<T extends { name: string; fullName: string }>(what: string, name: string, all: T[]): T {
  const found = all.filter((one) => one.fullName === name || one.name === name)
  const [first] = found
  if (first && found.length === 1) return first
  const known = [...new Set((first ? found : all).map((one) => (first ? one.fullName : one.name)))].join(", ")
  const why = first ? `is in several plugins: say which, of ${known}` : `is in no config. There are: ${known || "none"}`
  throw new Error(`raclette-wasm/testing: the ${what} "${name}" ${why}`)
}
