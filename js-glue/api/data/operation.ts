// What all queries of one operation share, and how it turns a query's arguments into requests.
import { PLAIN, type RequestOptions } from "../../runtime/requests"
import type { QueryArgs, StoredMutation } from "../../types"
import type { Item, ListRules } from "./item"
import type { OperationShape, Params } from "./params"
import { isPlain, plainCopy, toValue } from "./plain"
import type { EntityType } from "./store"
import type { Patch } from "./view"

/** An operation of a plugin. */
export interface OperationSpec {
  /** The core's number of it. */
  handle: number
  pluginKey: string
  entity: string
  /** What is known of the entities: a plugin's queries of one type share their items. */
  type: EntityType
  operation: string
  /** What a mutation does to an item; undefined for a read. */
  change: Patch["kind"] | undefined
  shape: OperationShape
  /** Its mutations wait for the network. */
  isOffline: boolean
  /** What the entity or the runtime says of its lists. */
  rules: ListRules
}

/** What a mutation does to an item, by its `storeActionType` and by its method; what is not here changes it. */
const CHANGES = new Map<string, Patch["kind"]>([
  ["dataCreate", "create"],
  ["dataUpdate", "update"],
  ["dataMove", "update"],
  ["dataRestore", "update"],
  ["dataDelete", "delete"],
  ["dataHardDelete", "delete"],
  ["POST", "create"],
  ["DELETE", "delete"],
])

/** What a mutation does to an item: as its config says, and where that says nothing of it by its method. */
export function changeOf(method: string, storeActionType = ""): Patch["kind"] {
  return CHANGES.get(storeActionType) ?? CHANGES.get(method.toUpperCase()) ?? "update"
}

/** Whether what it reads is a list that may take in items: its target does not end in an item's id. */
export function readsList({ change, shape, rules }: OperationSpec, { options }: QueryArgs<Item>): boolean {
  const isPlain = shape.item === undefined && shape.target === undefined
  return change === undefined && (isPlain || (options?.match ?? rules.match) !== undefined)
}

/** Whether `id` is that of the one item that was asked for, with a path that ends in it. */
export function isItemAsked({ shape }: OperationSpec, params: Params, path: string, id: string): boolean {
  if (shape.item !== undefined) return String(params[shape.item]) === id
  const last = path
    .replace(/[?#].*/s, "")
    .split("/")
    .pop()
  return last === id || last === encodeURIComponent(id)
}

/** Without members that are undefined: `Headers` makes a text of those. */
function defined(headers: unknown): unknown {
  if (!isPlain(headers)) return headers
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
}

/** The `config` of now, with plain headers; `signal` and `body` are what they are. */
function configOf({ config }: QueryArgs<Item>): RequestInit {
  const { headers, ...init } = (toValue(config) ?? {}) as RequestInit
  const held = toValue(headers)
  return { ...init, headers: held instanceof Headers ? held : (defined(plainCopy(held)) as HeadersInit) }
}

/** Of a mutation whose user wants nothing special. */
const ANY: RequestOptions = { ...PLAIN, takesAny: true, takesEmpty: true }

/** How the requests of a query are made, as its user wants it now. */
export interface Wanted {
  options: RequestOptions
  /** What is sent instead of params. */
  body: RequestInit["body"]
  headers: [string, string][]
}

/** What the user of a query wants of its requests. */
export function requestOf({ change }: OperationSpec, args: QueryArgs<Item>): Wanted {
  const { headers, body, ...rest } = args.config ? configOf(args) : ({} as RequestInit)
  const { responseType, useStore, mode } = args.options ?? {}
  const isStream = responseType === "stream"
  const takesEmpty = change !== undefined
  const takesAny = isStream || useStore === false || takesEmpty
  const init = mode === "cors" ? { ...rest, mode } : rest
  const isPlain = !isStream && useStore !== false && Object.keys(init).length === 0
  return {
    options: isPlain ? (change ? ANY : PLAIN) : { init, isStream, takesAny, takesEmpty },
    body: change && body,
    headers: headers ? [...new Headers(headers)] : [],
  }
}

/**
 * What tells requests of one URL apart, as `wordsOf` of requests.ts reads it: reads with another `config` or body, or to
 * which other answers are good, are not shared. `owner`: the only query that shares it.
 */
export function variantOf({ options, headers }: Wanted, body: string | undefined, owner: string | boolean): string {
  if (owner === true && headers.length === 0 && body === undefined && (options === PLAIN || options === ANY)) return ""
  return JSON.stringify([headers, body, owner, options.init])
}

/** Headers that are not kept with a mutation: who sends it later has credentials of its own. */
const SECRET_HEADERS = new Set(["authorization", "cookie", "proxy-authorization"])

/** Options that are kept with a mutation. */
const PERSISTED_OPTIONS = ["notify", "retry", "timeout", "useStore", "mode"] as const

/** What it takes to make a mutation again. `headers`: those that it was made with. */
export function storedMutation(
  { pluginKey, entity, operation }: OperationSpec,
  { options = {}, config }: QueryArgs<Item>,
  params: Params,
  headers: readonly [string, string][],
): Omit<StoredMutation, "key" | "order"> {
  const { headers: _, ...init } = (toValue(config) ?? {}) as RequestInit
  const settings = PERSISTED_OPTIONS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]])
  const plain: Record<string, string | boolean> = {}
  for (const [name, value] of Object.entries(init)) {
    if (typeof value === "string" || typeof value === "boolean") plain[name] = value
  }
  return {
    pluginKey,
    entity,
    operation,
    params: JSON.stringify(params, (_name, value) => (typeof value === "bigint" ? String(value) : value)),
    headers: headers.filter(([name]) => !SECRET_HEADERS.has(name)),
    config: plain,
    options: { ...Object.fromEntries(settings), optimistic: options.optimistic === true },
  }
}
