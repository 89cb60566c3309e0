// The rows that a mutation changes. Most mutations change one row: the one that their params describe or name. A bulk
// operation changes several: with `ids`, each of them by the remaining params; with `items`, each by its own fields.
import { isItems } from "../../runtime/answer"
import { idKeyOf, isId } from "./item"
import type { OperationSpec } from "./operation"
import type { Params } from "./params"

/**
 * Returns the params of a mutation for each row. Params with an id describe that item, whatever else they contain. A
 * creation that sends (`body`) more fields than `items` creates one item that has such a field.
 */
export function rowsOf({ change, type }: OperationSpec, params: Params, body = "{}"): Params[] {
  const { ids, ...rest } = params
  const { items } = params
  const isCreation = change === "create"
  if (type.idOf(params) !== "") return [params]
  if (isItems(items) && (!isCreation || Object.keys(JSON.parse(body)).length === 1)) return items
  if (isCreation || !Array.isArray(ids)) return [params]
  const byText = new Map(ids.map((_id) => [isId(_id) ? String(_id) : "", _id]))
  return [...byText].map(([text, _id]) => ({
    ...rest,
    [idKeyOf(type.shown.find(text) ?? { _id }, type.keys.idKey)]: _id,
  }))
}
