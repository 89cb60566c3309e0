// The user's `auth`, as it is asked. A function is called only while no other page of the origin calls its own: both may
// renew with the same refresh token, and one that is used twice ends the login. Every call takes its turn, also one
// without a reason, since pages that a browser restores together all begin with a token that has expired.
import type { Auth } from "../types"
import type { TakeTurn } from "../types/drivers"
import type { AskAuth } from "./credentials"

/** `auth` as a function that waits for its turn at `what`, and leaves the user's own alone once `isOver`. */
export function askAuth(
  auth: Auth | undefined,
  takeTurn: TakeTurn | undefined,
  what: string,
  isOver: () => boolean,
): AskAuth | undefined {
  if (typeof auth !== "function") return auth && (() => auth)
  if (!takeTurn) return auth
  return async (context) => {
    const end = await takeTurn(what)
    try {
      return isOver() ? {} : await auth(context)
    } finally {
      end()
    }
  }
}
