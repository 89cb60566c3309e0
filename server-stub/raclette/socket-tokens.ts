// Tokens of sockets. A socket is in the rooms of its token's claims, and is disconnected when the token expires, unless
// the client sends the next token of the same user in time.
import type { Socket } from "socket.io"
import { roomsOf } from "./rooms"
import type { User } from "./types"

/** Node's longest timer, in ms. */
const MAX_TIMER = 2 ** 31 - 1

/** Joins the rooms of the token's claims, and leaves all others, which a recovered session may have brought. */
export function joinTokenRooms(socket: Socket): void {
  const rooms = roomsOf(socket.data.user)
  for (const room of socket.rooms) if (room !== socket.id && !rooms.includes(room)) socket.leave(room)
  socket.join(rooms)
}

/** The event with which a client sends its next token: `{ token }`. The ack is `{ ok: true }` or an error. */
const AUTH = "raclette--auth"

/** Lets a client renew its socket's token. `verify` throws if a token is invalid. */
export function acceptNewTokens(socket: Socket, verify: (token: string) => User): void {
  const restartTimer = disconnectOnExpiry(socket)
  socket.on(AUTH, (payload: unknown, callback: unknown) => {
    const ack = (outcome: object) => typeof callback === "function" && callback(outcome)
    const refuse = (message: string) => ack({ ok: false, code: "UNAUTHORIZED", message })
    const { token } = (payload ?? {}) as { token?: unknown }
    try {
      const user = verify(String(token ?? ""))
      if (user._id !== socket.data.user._id) {
        return refuse("The token belongs to another user. Disconnect, then connect with it.")
      }
      socket.data.user = user
    } catch (error) {
      return refuse(`Invalid token: ${error instanceof Error ? error.message : String(error)}`)
    }
    joinTokenRooms(socket)
    restartTimer()
    ack({ ok: true })
  })
}

/**
 * Disconnects a socket when its token expires: emits `raclette--tokenExpired`, then closes the transport. So the client
 * reconnects by itself, and is refused if it has no new token by then. Call the returned function after a renewal.
 */
function disconnectOnExpiry(socket: Socket): () => void {
  let timer: NodeJS.Timeout | undefined
  const check = () => {
    clearTimeout(timer)
    const left = timeToExpiry(socket.data.user)
    if (left === Number.POSITIVE_INFINITY) return
    if (left > 0) {
      timer = setTimeout(check, Math.min(left, MAX_TIMER)).unref()
      return
    }
    const message = "The token has expired. Connect again with a new token."
    // Bypasses the nodes' stream, through which the event would arrive after the connection has closed.
    socket.nsp.local.to(socket.id).emit("raclette--tokenExpired", { code: "TOKEN_EXPIRED", message })
    socket.conn.close()
  }
  check()
  socket.once("disconnect", () => clearTimeout(timer))
  return check
}

/** How long a user's token is still valid, in ms. Negative once expired. */
export function timeToExpiry({ exp }: User): number {
  return exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000 - Date.now()
}
