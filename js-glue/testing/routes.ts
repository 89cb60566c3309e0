// The routes and channels of the generated configs, and how a test names them. A route is a method and a path with
// placeholders, as the runtime fills it: operations with the same of both are one route. Of routes that fit, the one with
// more fixed segments is taken, as Fastify does. A name that is not there, or not clear, is refused with those that are.
import type { EntityConfig, OperationConfig, PluginConfig } from "raclette-wasm"

/** What an operation does. */
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
  /** What its payload is called. */
  type: string
  channels: Channel[]
  /** What stands in its path for params; empty as long as that is not known. */
  placeholders: string[]
  /** Whether its path ends in one of them. */
  endsInPlaceholder: boolean
}

export interface Entity {
  name: string
  fullName: string
  /** Entities of one type have their items in common. */
  key: string
  config: EntityConfig
}

export interface Route {
  method: string
  path: string
  pattern: RegExp
  names: string[]
  /** Fixed segments of the path. */
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

/** A placeholder of a target: `:name`, which goes on to the next slash, or `{name}`. */
const PLACEHOLDER = /:([^/?]+)|\{([^}]+)\}/g

/** What stands for a param when a target that is a function is read: letters and digits, which no encoding changes. */
const mark = (index: number) => `rAcLeTtEpArAm${index}x`

function kindOf(name: string, { method, storeActionType = "" }: OperationConfig): Kind {
  const kind = KINDS[storeActionType] ?? BY_METHOD[method.toUpperCase()] ?? "update"
  return kind === "delete" && /hard/i.test(name) ? "hardDelete" : kind
}

/** The path of a target that is a function; undefined where it needs the params' values. */
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

/** As the runtime joins them: a path that begins with the prefix already gets no second one. */
function joined(prefix: string, path: string): string {
  const before = prefix.replace(/^\/+|\/+$/g, "")
  const rest = path.replace(/^\/+/, "")
  return `/${before === "" || rest === before || rest.startsWith(`${before}/`) ? rest : `${before}/${rest}`}`
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** A route for a path; what it says of a query string counts for nothing. */
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
  /** Operations whose path is not known, with what could be done. */
  readonly #unread: string[] = []

  constructor(plugins: readonly PluginConfig[], paths: Record<string, string> = {}) {
    for (const plugin of plugins) {
      for (const [name, config] of Object.entries(plugin.data)) this.#addEntity(plugin, name, config, paths)
    }
    for (const name of Object.keys(paths)) this.operation(name)
    this.#routes.sort((a, b) => b.weight - a.weight)
  }

  /** The route of a request, with the values of its placeholders. */
  match(method: string, path: string): Match | undefined {
    for (const route of this.#routes) {
      const params = route.method === method ? paramsOf(route, path) : undefined
      if (params) return { route, params }
    }
    return undefined
  }

  /** The operation of a name. */
  operation(name: string): Operation {
    return only("operation", name, this.operations)
  }

  entity(name: string): Entity {
    return only("entity", name, this.entities)
  }

  /** The operations of a name, `todo.*` or `*`. */
  operationsOf(name: string): Operation[] {
    if (name === "*") return this.operations
    if (!name.endsWith(".*")) return [this.operation(name)]
    const entity = this.entity(name.slice(0, -2))
    return this.operations.filter((operation) => operation.entity === entity)
  }

  /** The channel of a key or of a name on the wire, and an operation that tells on it. */
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

  /** What there is, for whoever asked for something else. */
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

/** Operations may share a channel: the first of them stands for it. */
function isFirst({ fullName }: { fullName: string }, index: number, all: { fullName: string }[]): boolean {
  return all.findIndex((other) => other.fullName === fullName) === index
}

/** What stands for the placeholders of a route in a path; undefined for a path of another. */
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

/** The one thing of a name. Throws for none and for several. */
function only<T extends { name: string; fullName: string }>(what: string, name: string, all: T[]): T {
  const found = all.filter((one) => one.fullName === name || one.name === name)
  const [first] = found
  if (first && found.length === 1) return first
  const known = [...new Set((first ? found : all).map((one) => (first ? one.fullName : one.name)))].join(", ")
  const why = first ? `is in several plugins: say which, of ${known}` : `is in no config. There are: ${known || "none"}`
  throw new Error(`raclette-wasm/testing: the ${what} "${name}" ${why}`)
}
