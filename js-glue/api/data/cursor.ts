// Finds the next page after an answer: from the user's `nextParams`, or from what the server says beside the items.
import type { QueryArgs } from "../../types"
import type { Context } from "../base/context"
import { badParams } from "./argument"
import type { Item } from "./item"
import { hasMoreIn } from "./items"
import type { OperationSpec } from "./operation"
import { reached } from "./pages"
import type { Params } from "./params"
import { isPlain, plainCopy } from "./plain"
import type { QueryParams } from "./query-params"

/** The query that received the answer. */
export interface Answered {
  readonly operation: OperationSpec
  readonly args: QueryArgs<Item>
  readonly params: Pick<QueryParams, "current" | "cursorNames">
  readonly context: Pick<Context, "threw">
}

/** The params of the page after `response`. Null if there is none, undefined without `nextParams`. */
export function cursorAfter(query: Answered, response: unknown, shown: readonly Item[]): Params | null | undefined {
  const { nextParams } = query.args.options ?? {}
  if (!nextParams) return undefined
  try {
    const next: unknown = plainCopy(nextParams(response, [...shown]))
    if (next === undefined || next === null || next === false) return null
    if (!isPlain(next)) throw badParams(next)
    query.params.cursorNames = new Set([...(query.params.cursorNames ?? []), ...Object.keys(next)])
    return next
  } catch (cause) {
    query.context.threw(cause, "options.nextParams", query.operation.pluginKey)
    return null
  }
}

/** Whether more pages follow `response`, which extends `reach` items into the list. Undefined if nothing says so. */
export function followsOn(
  query: Answered,
  response: unknown,
  reach: number,
  shown: readonly Item[],
): boolean | undefined {
  const cursor = cursorAfter(query, response, shown)
  return cursor === undefined ? hasMoreIn(response, reached(query.params.current, reach)) : cursor !== null
}
