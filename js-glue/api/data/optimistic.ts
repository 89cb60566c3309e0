// What mutations do to what is shown: before the server has answered one assumes, as a patch that lies over the lists
// until then; what the answer says is true for all of them.

import { isObject } from "../../runtime/answer"
import type { ExecuteResult, QueryArgs } from "../../types"
import { RacletteError } from "../../types/errors"
import type { Context } from "../base/context"
import { type Item, idKeyOf } from "./item"
import { changeIn, itemsOf } from "./items"
import type { OperationSpec } from "./operation"
import type { Params } from "./params"
import type { News } from "./verdict"
import type { Patch } from "./view"

let madeUpIds = 0

/** The patch of a mutation with these params; undefined where it is not `optimistic`, or names no item: that is reported. */
export function optimisticPatch(
  context: Context,
  { change, pluginKey, type, operation }: OperationSpec,
  { options }: QueryArgs<Item>,
  params: Params,
): Patch | undefined {
  const { optimistic = false } = options ?? {}
  if (!optimistic || !change) return undefined
  const { idKey } = type.keys
  const id = type.idOf(params) || (change === "create" ? `optimistic-${++madeUpIds}` : "")
  if (id === "") {
    const message = `${operation}: the params of an optimistic change name no item, by ${idKey ?? "_id or id"}`
    context.report(new RacletteError("BAD_ARGUMENT", message), pluginKey)
    return undefined
  }
  /** The id as it is, under its key. */
  const named = (item: Item): Item => {
    const key = idKeyOf(item, idKey)
    return type.idOf(item) === "" ? { [idKey ?? "_id"]: id } : { [key]: item[key] }
  }
  let hasFailed = false
  /** The user's function may throw, and may return anything: that is reported once, and changes nothing. */
  const make = (current: Item | undefined): Item | undefined => {
    if (typeof optimistic !== "function") return { ...current, ...params }
    if (hasFailed) return undefined
    try {
      const item: unknown = optimistic(structuredClone(params), structuredClone(current))
      if (isObject(item) && typeof item.then !== "function") return item
      throw new Error("it returned no item")
    } catch (cause) {
      hasFailed = true
      context.threw(cause, "options.optimistic", pluginKey)
      return undefined
    }
  }
  const scalars = Object.entries(params).filter(([, value]) => /^(string|number|boolean)$/.test(typeof value))
  const isMadeUp = type.idOf(params) === ""
  return {
    kind: change,
    id,
    apply(current) {
      const item = make(current)
      return item && { ...item, ...named(current ?? params) }
    },
    makes: (item) => isMadeUp && scalars.length > 0 && scalars.every(([key, value]) => item[key] === value),
  }
}

/** A mutation is over: what it answered is shown wherever its items are, unless `isStored` is false, and its patch goes. */
export function endMutation(
  { change, type }: OperationSpec,
  { response, error }: ExecuteResult<Item>,
  params: Params,
  patch: Patch | undefined,
  isStored: boolean,
  news: News,
): void {
  let isTold = !isStored
  if (!error && isStored) {
    const { items, deleted } = changeIn(response) ?? { items: itemsOf(response) ?? [], deleted: [] }
    // A delete that succeeded is one, whatever its answer says of it.
    const id = type.idOf(params)
    const gone = change === "delete" && deleted.length === 0 && id !== "" ? [id] : deleted
    const ids = items.map((item) => type.idOf(item)).filter(Boolean)
    isTold = change === "delete" || (change === "create" ? ids.length > 0 : ids.includes(patch?.id ?? ""))
    if (patch && change === "create" && ids[0] !== undefined) type.made(patch, ids[0])
    // Lists show already what an optimistic one created.
    type.take(items, gone, patch && change === "create" ? items : [], news)
  }
  if (patch) type.settle(patch, error ? undefined : { isTold, news })
}
