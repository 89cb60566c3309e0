// What a mutation assumes before the server has answered, as a patch that lies over the lists until then.

import type { QueryArgs } from "../../types"
import type { Context } from "../base/context"
import type { Item } from "./item"
import type { OperationSpec } from "./operation"
import type { Params } from "./params"
import type { Patch } from "./view"

let madeUpIds = 0

/** The patch of a mutation with these params; undefined where it is not `optimistic`. */
export function optimisticPatch(
  context: Context,
  { change, pluginKey }: OperationSpec,
  { options }: QueryArgs<Item>,
  params: Params,
): Patch | undefined {
  const { optimistic = false } = options ?? {}
  if (!optimistic || !change) return undefined
  const id = String(params._id ?? (change === "create" ? `optimistic-${++madeUpIds}` : ""))
  /** The user's function may throw: that is reported, and changes nothing. */
  const make = (current: Item | undefined): Item => {
    if (typeof optimistic !== "function") return { ...current, ...params }
    try {
      return optimistic(params, current)
    } catch (cause) {
      context.threw(cause, "options.optimistic", pluginKey)
      return current ?? {}
    }
  }
  return { kind: change, id, apply: (current) => ({ ...make(current), _id: current?._id ?? id }) }
}
