// The rows that a mutation changes. Most mutations change one, which their params are or name. A bulk operation changes
// several: those with `ids`, each by the rest of the params, or `items`, each by its own fields.
import { isItems } from "../../runtime/answer"
import { idKeyOf, isId } from "./item"
import type { OperationSpec } from "./operation"
import type { Params } from "./params"

/**
 * What the params of a mutation say of each row. Params that name an item are that one's, whatever else is in them; and a
 * creation that sends more than `items` (`body` is what it sends) makes one item that has such a field.
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
