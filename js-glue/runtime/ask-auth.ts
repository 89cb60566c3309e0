// The user's `auth`, as it is asked. A function is called only while no other page of the origin calls its own: both may
// renew with the same refresh token, and one that is used twice ends the login. Every call takes its turn, also one
// without a reason, since pages that a browser restores together all begin with a token that has expired.
// A function answers by what it returns, or as socket.io-client has it: by calling its argument. The first answer counts.
import type { Auth, AuthCallback } from "../types"
import type { AcquireLock } from "../types/drivers"
import type { AskAuth } from "./credentials"

/** `auth` as a function that waits for its turn at `what`, and leaves the user's own alone once `isOver`. */
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

/** What `auth` returns, calls its argument with, or throws, whichever is first. */
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

/** What a function returns that answers by its argument: nothing, a timer's number, or the end of a subscription. */
function isByTheWay(returned: unknown): boolean {
  return returned === undefined || typeof returned === "number" || typeof returned === "function"
}
