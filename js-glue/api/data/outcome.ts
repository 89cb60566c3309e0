// The result of an execution.
import type { SettledEffect } from "../../runtime/effects"
import type { ExecuteResult, QueryArgs } from "../../types"
import type { RacletteError } from "../../types/errors"
import { resultOf } from "./argument"
import { answerError } from "./failures"
import type { Item } from "./item"
import { itemsOf } from "./items"
import type { OperationSpec } from "./operation"

/** The query that was executed. */
interface Executed {
  readonly operation: Pick<OperationSpec, "change">
  readonly args: QueryArgs<Item>
}

/** Error codes of executions that were ended on purpose. */
const WITHDRAWN = new Set(["ABORTED", "DISPOSED"])

export function isWithdrawn({ code }: RacletteError): boolean {
  return WITHDRAWN.has(code)
}

export function isStream({ options }: QueryArgs<Item>): boolean {
  return options?.responseType === "stream"
}

/** The items of an answer. For a read, no body means no items. */
export function itemsFrom({ operation, args }: Executed, response: unknown): Item[] | undefined {
  if (isStream(args)) return undefined
  const isNothing = response === undefined || response === null
  return isNothing && !operation.change ? [] : itemsOf(response)
}

export function outcomeOf(query: Executed, effect: SettledEffect, response: unknown): ExecuteResult<Item> {
  const error = effect.code === "OK" ? undefined : answerError(effect, response)
  return resultOf({ response, result: error ? undefined : itemsFrom(query, response), error })
}
