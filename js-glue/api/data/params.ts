// Splits params: the core gets the values of the target and the query string as text, and the body stays here.
// JavaScript formats scalars, so 0.1 or a Date looks as every backend expects.

import type { OperationConfig } from "../../types"
import { mapMembers } from "./plain"
import { callTarget, wellFormed } from "./target"

export type Params = Record<string, unknown>

/** How an operation uses its params; see OperationInfo of raclette/query.h. */
export interface OperationShape {
  hasBody: boolean
  placeholders: string[]
  /** The placeholder in the last segment of the target. Undefined if there is none. */
  item: string | undefined
  /** The target, if it is a function. */
  target: Exclude<OperationConfig["target"], string> | undefined
}

export interface RequestParts {
  /** The path that a target function returned. Empty for other targets. */
  path: string
  /** JSON for the core. */
  params: string
  /** The params of the body. Undefined for operations without a body. */
  body: Params | undefined
}

/** Splits `params` into the core's part, from which it builds the URL, and the body. */
export function splitParams(shape: OperationShape, params: Params): RequestParts {
  if (!shape.target && !shape.hasBody) return { path: "", params: spell(params), body: undefined }
  const inTarget = new Set(shape.placeholders)
  const path = shape.target ? callTarget(shape.target, params, inTarget) : ""
  const outside = shape.target ? without(params, inTarget) : params
  if (!shape.hasBody) return { path, params: spell(outside), body: undefined }
  const placeholders = Object.fromEntries(shape.placeholders.map((name) => [name, params[name]]))
  return { path, params: spell(placeholders), body: without(params, inTarget) }
}

function without(params: Params, names: Set<string>): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.has(name)))
}

/** JSON in which every scalar is a string. Undefined members are left out. */
function spell(params: Params): string {
  return JSON.stringify(spelled(params))
}

/** A copy is faster than a replacer, which `JSON.stringify` calls for each member. */
function spelled(value: unknown): unknown {
  if (typeof value === "string") return wellFormed(value)
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(spelled)
  if (typeof value === "object" && value !== null && !(value instanceof Date)) return mapMembers(value, spelled)
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : value
}
