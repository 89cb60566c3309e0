// Messages about finished mutations, for the snackbar.
import type { RacletteError } from "../../types/errors"

/** The data of `ui/addToSnackbar`. */
export interface MutationNotice {
  message: string
  color: "success" | "error"
}

const past: Record<string, string> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  deleteHard: "deleted for good",
}

/** `error`: why the mutation failed; undefined if it succeeded. */
export function noticeOf(entity: string, operation: string, error: RacletteError | undefined): MutationNotice {
  const done = past[operation]
  if (!error) return { message: done ? `${entity} ${done}` : `${entity}: ${operation} succeeded`, color: "success" }
  const what = done ? `${entity} could not be ${done}` : `${entity}: ${operation} failed`
  return { message: `${what}: ${error.message}`, color: "error" }
}
