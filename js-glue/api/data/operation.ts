// What all queries of one operation have in common, and what it makes of one query's arguments.
import { PLAIN, type RequestOptions } from "../../runtime/requests"
import type { QueryArgs, StoredMutation } from "../../types"
import type { Item } from "./item"
import type { OperationShape, Params } from "./params"
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
}

/** What a mutation does to an item, by its method. */
export function changeOf(method: string): Patch["kind"] {
  const kinds: Record<string, Patch["kind"]> = { POST: "create", DELETE: "delete" }
  return kinds[method.toUpperCase()] ?? "update"
}

/** Whether what it reads is a list, which nothing but params can narrow. */
export function readsList({ change, shape }: OperationSpec): boolean {
  return change === undefined && shape.placeholders.length === 0 && shape.target === undefined
}

/** Whether `params` narrow the list that is read. */
export function isFiltered({ shape }: OperationSpec, params: Params): boolean {
  return Object.entries(params).some(([name, value]) => value !== undefined && !shape.placeholders.includes(name))
}

/** What the user of a query wants of its requests. */
export function requestOf({ config = PLAIN.init, options = {} }: QueryArgs<Item>): RequestOptions {
  const isStream = options.responseType === "stream"
  const takesAny = isStream || options.useStore === false
  if (config === PLAIN.init && options.mode !== "cors" && !takesAny) return PLAIN
  return { init: options.mode === "cors" ? { ...config, mode: "cors" } : config, isStream, takesAny }
}

/** What tells reads of one URL apart: those with another `config`, or to which other answers are good, are not shared. */
export function variantOf({ headers, ...rest }: RequestInit, isStored: boolean): string {
  if (isStored && headers === undefined && Object.keys(rest).length === 0) return ""
  return JSON.stringify([isStored, rest, [...new Headers(headers)]])
}

/** Headers that are not kept with a mutation: who sends it later has credentials of its own. */
const SECRET_HEADERS = new Set(["authorization", "cookie", "proxy-authorization"])

/** Options that are kept with a mutation. */
const KEPT_OPTIONS = ["notify", "retry", "timeout", "useStore", "mode"] as const

/** What it takes to make a mutation again. */
export function storedMutation(
  { pluginKey, entity, operation }: OperationSpec,
  { options = {}, config = {} }: QueryArgs<Item>,
  params: Params,
): Omit<StoredMutation, "key" | "order"> {
  const { headers, ...init } = config
  const settings = KEPT_OPTIONS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]])
  const plain: Record<string, string | boolean> = {}
  for (const [name, value] of Object.entries(init)) {
    if (typeof value === "string" || typeof value === "boolean") plain[name] = value
  }
  return {
    pluginKey,
    entity,
    operation,
    params: JSON.stringify(params, (_name, value) => (typeof value === "bigint" ? String(value) : value)),
    headers: [...new Headers(headers)].filter(([name]) => !SECRET_HEADERS.has(name)),
    config: plain,
    options: { ...Object.fromEntries(settings), optimistic: options.optimistic === true },
  }
}
