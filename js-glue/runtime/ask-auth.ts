// Calls the user's `auth`. Only one page of an origin calls its function at a time: two pages may hold the same refresh
// token, and a token that is used twice ends the login. Every call waits for its turn, also the first one of a page,
// because pages that a browser restores together all start with an expired token.
// The function returns its answer or, as in socket.io-client, passes it to a callback. The first answer counts.
import type { Auth, AuthCallback } from "../types"
import type { AcquireLock } from "../types/drivers"
import type { AskAuth } from "./credentials"

/** Wraps `auth` in a function that waits for its turn at `what`, and does not call `auth` once `isOver`. */
export function askAuth(
  auth: Auth | undefined,
  acquireLock: AcquireLock | undefined,
  what: string,
  isOver: () => boolean,
): AskAuth | undefined {
  if (typeof auth !== "function") return auth && (() => auth)
  if (!acquireLock) return (context) => firstAnswer(auth, context)
  return async (context) => {
    const end = await acquireLock(what)
    try {
      return isOver() ? {} : await firstAnswer(auth, context)
    } finally {
      end()
    }
  }
}

/** Resolves or rejects with the first of: the value returned, the argument of the callback, the exception. */
function firstAnswer(auth: Extract<Auth, (...args: never) => unknown>, context: { reason?: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: AuthCallback = Object.assign((credentials: unknown) => resolve(credentials), context)
    const asked = async () => {
      const returned: unknown = await auth(callback)
      if (auth.length === 0 || !isByTheWay(returned)) resolve(returned)
    }
    asked().catch(reject)
  })
}

/** Values that a callback-style function returns: nothing, a timer's number, or an unsubscribe function. */
function isByTheWay(returned: unknown): boolean {
  return returned === undefined || typeof returned === "number" || typeof returned === "function"
}
