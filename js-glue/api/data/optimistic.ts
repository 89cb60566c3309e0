// Optimistic updates. Each row that a mutation changes gets a patch over the shown lists until the server has answered.
// Then the answer is applied to all lists.

import { isObject } from "../../runtime/answer"
import type { ExecuteResult, QueryArgs } from "../../types"
import { RacletteError } from "../../types/errors"
import type { Context } from "../base/context"
import { rowsOf } from "./bulk"
import { type Item, idKeyOf } from "./item"
import { changeIn, itemsOf } from "./items"
import type { OperationSpec } from "./operation"
import type { Params } from "./params"
import { plainCopy } from "./plain"
import type { EntityType } from "./store"
import type { News } from "./verdict"
import type { Patch } from "./view"

let madeUpIds = 0

/**
 * Creates the patches of a mutation with these params, one for each row. None if it is not `optimistic`. `body`: the
 * body that it sends. A row without an id gets no patch, which is reported.
 */
export function optimisticPatches(
  context: Context,
  operation: OperationSpec,
  { options }: QueryArgs<Item>,
  params: Params,
  body: string | undefined,
): Patch[] {
  const { optimistic = false } = options ?? {}
  const { change, pluginKey, type } = operation
  if (!optimistic || !change) return []
  const rows = rowsOf(operation, params, body)
  const named = change === "create" ? rows : rows.filter((row) => type.idOf(row) !== "")
  if (named.length < rows.length) {
    const key = type.keys.idKey ?? "_id or id"
    const message = `${operation.operation}: an optimistic change needs ${key} in its params`
    context.report(new RacletteError("BAD_ARGUMENT", message), pluginKey)
  }
  const failed = new Set<Params>()
  /** The user's function may throw or return anything. A wrong result is reported once and changes nothing. */
  const make = (row: Params, current: Item | undefined): Item | undefined => {
    if (typeof optimistic !== "function") return { ...current, ...row }
    if (failed.has(row)) return undefined
    try {
      const item: unknown = optimistic(plainCopy(row) as Params, plainCopy(current) as Item | undefined)
      if (isObject(item) && typeof item.then !== "function") return plainCopy(item) as Item
      throw new Error("it must return an item")
    } catch (cause) {
      if (failed.size === 0) context.threw(cause, "options.optimistic", pluginKey)
      failed.add(row)
      return undefined
    }
  }
  return named.map((row) => patchOf(type, change, row, (current) => make(row, current)))
}

function patchOf(
  type: EntityType,
  kind: Patch["kind"],
  params: Params,
  make: (current: Item | undefined) => Item | undefined,
): Patch {
  const { idKey } = type.keys
  const own = type.idOf(params)
  const id = own || `optimistic-${++madeUpIds}`
  /** The item's id, under its key. */
  const named = (item: Item): Item => {
    const key = idKeyOf(item, idKey)
    return type.idOf(item) === "" ? { [idKey ?? "_id"]: id } : { [key]: item[key] }
  }
  const scalars = Object.entries(params).filter(([, value]) => /^(string|number|boolean)$/.test(typeof value))
  return {
    kind,
    id,
    apply(current) {
      const item = make(current)
      return item && { ...item, ...named(current ?? params) }
    },
    makes: (item) => own === "" && scalars.length > 0 && scalars.every(([key, value]) => item[key] === value),
  }
}

/**
 * Ends a mutation: shows its answer wherever its items are shown, unless `isStored` is false, and settles its patches.
 */
export function endMutation(
  operation: OperationSpec,
  { response, error }: ExecuteResult<Item>,
  params: Params,
  patches: readonly Patch[],
  isStored: boolean,
  news: News,
): void {
  const { change, type } = operation
  const returned = new Set<string>()
  if (!error && isStored) {
    const { items, deleted } = changeIn(response) ?? { items: itemsOf(response) ?? [], deleted: [] }
    const idsOf = (items: readonly Item[]) => items.map((item) => type.idOf(item)).filter(Boolean)
    // A successful delete removes the item, even if the answer does not say so.
    const gone = change === "delete" && deleted.length === 0 ? idsOf(rowsOf(operation, params)) : deleted
    const ids = idsOf(items)
    for (const id of ids) returned.add(id)
    if (change === "create") for (const [i, patch] of patches.entries()) if (ids[i]) type.made(patch, ids[i])
    // An item without an id does not tell what was created. That matters only if a patch stands in for it.
    const created = patches.length > 0 ? items : items.filter((item) => type.idOf(item) !== "")
    type.take(items, gone, change === "create" ? created : [], news)
  }
  if (patches.length === 0) return
  const isAll = !isStored || change === "delete" || (change === "create" && returned.size > 0)
  if (!error) for (const patch of patches) patch.answer = { hasItem: isAll || returned.has(patch.id), news }
  type.settle(...patches)
}
