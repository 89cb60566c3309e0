// A token that is renewed before it expires: requests go out with the next one from then on, and a backend that knows
// `raclette--auth` takes it over for the connection as well, which stays. For others the connection ends with its token, as
// they see fit, and is opened again with the next.
import { messageOf, RacletteError } from "../types/errors"
import type { Registrations } from "./base/context"
import { mainSocket, type Shared } from "./plugin-api"
import { createEmitters } from "./socket/emits"

/** The event by which a backend is told, and its answer `{ ok }`. */
const EVENT = "raclette--auth"

/** Milliseconds that a backend may take. One that does not know the event never answers. */
const TIMEOUT = 5000

/** See Runtime.renewAuth. */
export async function renewAuth(shared: Shared, owner: Registrations): Promise<boolean> {
  const { context, emits } = shared
  context.checkAlive()
  const { pump } = context
  const credentials = await pump.renewAuth().catch((cause: unknown) => {
    throw new RacletteError("AUTH_FAILED", messageOf(cause), { cause })
  })
  // The user may be another by now, and the runtime gone.
  if (!credentials || pump.disposed) return false
  const { value: status } = mainSocket(shared).status
  const volatile = status === "closed" || status === "rejected"
  const emitters = createEmitters(emits, owner, 0, { timeout: TIMEOUT, volatile })
  const answer = await emitters.emitWithAck(EVENT, credentials).catch(() => undefined)
  const isTaken = (answer as { ok?: unknown } | undefined)?.ok === true
  if (isTaken) pump.connectedWith(credentials)
  return isTaken
}
