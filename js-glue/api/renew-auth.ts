// Renews a token before it expires. New requests use the new token. A backend that handles `raclette--auth` also
// applies it to the open connection. Other backends may close the connection when the old token expires; it then
// reconnects with the new one.
import { messageOf, RacletteError } from "../types/errors"
import type { Registrations } from "./base/context"
import { mainSocket, type Shared } from "./plugin-api"
import { createEmitters } from "./socket/emits"

/** The event that tells the backend. The backend acknowledges it with `{ ok }`. */
const EVENT = "raclette--auth"

/** Milliseconds to wait for the backend. One that does not know the event never answers. */
const TIMEOUT = 5000

/** See Runtime.renewAuth. */
export async function renewAuth(shared: Shared, owner: Registrations): Promise<boolean> {
  const { context, emits } = shared
  context.checkAlive()
  const { pump } = context
  const credentials = await pump.renewAuth().catch((cause: unknown) => {
    throw new RacletteError("AUTH_FAILED", messageOf(cause), { cause })
  })
  // The user may have changed, or the runtime may be disposed of.
  if (!credentials || pump.disposed) return false
  const { value: status } = mainSocket(shared).status
  const volatile = status === "closed" || status === "rejected"
  const emitters = createEmitters(emits, owner, 0, { timeout: TIMEOUT, volatile })
  const answer = await emitters.emitWithAck(EVENT, credentials).catch(() => undefined)
  const isTaken = (answer as { ok?: unknown } | undefined)?.ok === true
  if (isTaken) pump.connectedWith(credentials)
  return isTaken
}
