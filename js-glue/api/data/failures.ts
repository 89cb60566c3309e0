// Results of failed executions, and their errors.
import type { SettledEffect } from "../../runtime/effects"
import type { ExecuteResult } from "../../types"
import { messageOf, RacletteError } from "../../types/errors"
import { resultOf } from "./argument"
import type { Item } from "./item"

export function failure(error: RacletteError): ExecuteResult<Item> {
  return resultOf({ response: undefined, result: undefined, error })
}

/** The error of a failed execution, with the server's message and body, if any. */
export function answerError({ code, status }: Pick<SettledEffect, "code" | "status">, body: unknown): RacletteError {
  const details: Record<string, unknown> = {}
  if (status > 0) details.status = status
  if (body !== undefined) details.body = body
  return new RacletteError(code, [status || "", serverMessage(body)].filter(Boolean).join(": "), { details })
}

/** The error for a request that could not be built. */
export function requestError(thrown: unknown): RacletteError {
  return isOurs(thrown) ? thrown : new RacletteError("BAD_ARGUMENT", `params: ${messageOf(thrown)}`, { cause: thrown })
}

/** Whether it is a RacletteError. `instanceof` throws for a revoked proxy. */
function isOurs(thrown: unknown): thrown is RacletteError {
  try {
    return thrown instanceof RacletteError
  } catch {
    return false
  }
}

function serverMessage(body: unknown): string {
  if (typeof body === "string") return body
  const message = (body as { message?: unknown } | undefined | null)?.message
  return typeof message === "string" ? message : ""
}
