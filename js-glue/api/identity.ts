// The identity of a runtime's user. Queued mutations belong to one identity and are never sent for another.
import type { Identity } from "../types"
import { messageOf, RacletteError } from "../types/errors"

/** Resolves with the identity; undefined if there is none. Rejects with `BAD_CONFIG`. */
export async function askIdentity(identity: Identity): Promise<string | undefined> {
  const given = await answerOf(identity)
  if (given === undefined || given === null) return undefined
  if (Number.isFinite(given) || (typeof given === "string" && given !== "")) return String(given)
  throw new RacletteError("BAD_CONFIG", "`identity` must be a string, a number or undefined")
}

async function answerOf(identity: Identity): Promise<unknown> {
  try {
    return await (typeof identity === "function" ? identity() : identity)
  } catch (cause) {
    throw new RacletteError("BAD_CONFIG", `the \`identity\` function failed: ${messageOf(cause)}`, { cause })
  }
}
