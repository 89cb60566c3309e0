// What all queries of one operation share, and how a query's arguments become requests.
import { PLAIN, type RequestOptions } from "../../runtime/requests"
import type { QueryArgs, StoredMutation } from "../../types"
import type { Item, ListRules } from "./item"
import type { OperationShape, Params } from "./params"
import { isPlain, plainCopy, toValue } from "./plain"
import type { EntityType } from "./store"
import type { Patch } from "./view"

/** An operation of a plugin. */
export interface OperationSpec {
  /** The operation's number in the core. */
  handle: number
  pluginKey: string
  entity: string
  /** The items of the entity. Queries of the same plugin and type share them. */
  type: EntityType
  operation: string
  /** How a mutation changes an item. Undefined for a read. */
  change: Patch["kind"] | undefined
  shape: OperationShape
  /** Whether its mutations are queued while offline. */
  isOffline: boolean
  /** The list rules of the entity or the runtime. */
  rules: ListRules
}

/** How mutations change items, by `storeActionType` and by HTTP method. Anything else is an update. */
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

/** How a mutation changes an item: by its config, or else by its method. */
export function changeOf(method: string, storeActionType = ""): Patch["kind"] {
  return CHANGES.get(storeActionType) ?? CHANGES.get(method.toUpperCase()) ?? "update"
}

/** Whether it reads a list that may take in items: its target does not end in an item's id. */
export function readsList({ change, shape, rules }: OperationSpec, { options }: QueryArgs<Item>): boolean {
  const isPlain = shape.item === undefined && shape.target === undefined
  return change === undefined && (isPlain || (options?.match ?? rules.match) !== undefined)
}

/** Whether `id` is that of the single item that was requested with a path that ends in it. */
export function isItemAsked({ shape }: OperationSpec, params: Params, path: string, id: string): boolean {
  if (shape.item !== undefined) return String(params[shape.item]) === id
  const last = path
    .replace(/[?#].*/s, "")
    .split("/")
    .pop()
  return last === id || last === encodeURIComponent(id)
}

/** Removes undefined members, which `Headers` would turn into text. */
function defined(headers: unknown): unknown {
  if (!isPlain(headers)) return headers
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
}

/** The current `config`, with headers as a plain object. `signal` and `body` are passed on unchanged. */
function configOf({ config }: QueryArgs<Item>): RequestInit {
  const { headers, ...init } = (toValue(config) ?? {}) as RequestInit
  const held = toValue(headers)
  return { ...init, headers: held instanceof Headers ? held : (defined(plainCopy(held)) as HeadersInit) }
}

/** For mutations without special options. */
const ANY: RequestOptions = { ...PLAIN, takesAny: true, takesEmpty: true }

/** How the requests of a query are made. */
export interface Wanted {
  options: RequestOptions
  /** The body to send instead of params. */
  body: RequestInit["body"]
  headers: [string, string][]
}

/** Reads the current request options of a query. */
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
 * Text that distinguishes requests to the same URL, in the form that `wordsOf` of requests.ts reads. Reads are shared
 * only if config, body and accepted answers are equal. `owner`: the only query that may share the request.
 */
export function variantOf({ options, headers }: Wanted, body: string | undefined, owner: string | boolean): string {
  if (owner === true && headers.length === 0 && body === undefined && (options === PLAIN || options === ANY)) return ""
  return JSON.stringify([headers, body, owner, options.init])
}

/** Headers that are not stored with a mutation. When it is sent later, the current credentials are used. */
const SECRET_HEADERS = new Set(["authorization", "cookie", "proxy-authorization"])

/** Options that are stored with a mutation. */
const PERSISTED_OPTIONS = ["notify", "retry", "timeout", "useStore", "mode"] as const

/** The record from which a mutation can be sent again. `headers`: those of the original request. */
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
