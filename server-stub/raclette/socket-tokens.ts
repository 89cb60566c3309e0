// A socket follows its token: it is in the rooms of the token's claims, and ends when the token expires. It may go on with
// the next token of its user, if it gets that in time.
import type { Socket } from "socket.io"
import { roomsOf } from "./rooms"
import type { User } from "./types"

/** Node's longest timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1

/** Puts a socket into the rooms of its token's claims, and out of those that a recovered session brought beyond them. */
export function enterRooms(socket: Socket): void {
  const rooms = roomsOf(socket.data.user)
  for (const room of socket.rooms) if (room !== socket.id && !rooms.includes(room)) socket.leave(room)
  socket.join(rooms)
}

/** The event by which a client hands in its next token: `{ token }`, answered by `{ ok }`. */
const AUTH = "raclette--auth"

/** Lets a socket go on with the next token of its user. `verify`: throws for a token that is not valid. */
export function followToken(socket: Socket, verify: (token: string) => User): void {
  const checkAgain = endWithToken(socket)
  socket.on(AUTH, (given: unknown, answer: unknown) => {
    const tell = (outcome: object) => typeof answer === "function" && answer(outcome)
    const refuse = (message: string) => tell({ ok: false, code: "UNAUTHORIZED", message })
    const { token } = (given ?? {}) as { token?: unknown }
    try {
      const user = verify(String(token ?? ""))
      if (user._id !== socket.data.user._id) return refuse("the token is another user's: connect anew")
      socket.data.user = user
    } catch (error) {
      return refuse(`the token is not valid: ${error instanceof Error ? error.message : String(error)}`)
    }
    enterRooms(socket)
    checkAgain()
    tell({ ok: true })
  })
}

/**
 * Ends the connection of a socket when its token expires. The client is told by an event, and loses its transport, not
 * its namespace: so it comes back by itself if it has a new token by then, and is refused with what is wrong if not.
 * Returns what is to be called when it has another token.
 */
function endWithToken(socket: Socket): () => void {
  let timer: NodeJS.Timeout | undefined
  const check = () => {
    clearTimeout(timer)
    const left = leftOf(socket.data.user)
    if (left === Number.POSITIVE_INFINITY) return
    if (left > 0) {
      timer = setTimeout(check, Math.min(left, LONGEST)).unref()
      return
    }
    const message = "The token has expired: connect again with a new one"
    // By this node alone: what goes through the other nodes' stream comes when the connection has ended.
    socket.nsp.local.to(socket.id).emit("raclette--tokenExpired", { code: "TOKEN_EXPIRED", message })
    socket.conn.close()
  }
  check()
  socket.once("disconnect", () => clearTimeout(timer))
  return check
}

/** Milliseconds until a user's token expires. */
export function leftOf({ exp }: User): number {
  return exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000 - Date.now()
}
