// Clients of socket.io-client. Some recover their session; some start a new one each time, like a client without
// recovery.
import { io, type Socket } from "socket.io-client"
import { Hearing } from "../hearing"
import { Login } from "./login"
import type { Cast, Participant } from "./person"

const PREFIX = "plugin_pacifico__todo--"

const TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]

/** The delay before a new connection of clients without recovery, in ms. */
const RETRY_DELAY = 700

function open(url: string, name: string, transports: string[], reconnection: boolean): Socket {
  const login = new Login(url, name)
  const options = { transports, reconnection, forceNew: true, withCredentials: true }
  const auth = (give: (credentials: object) => void) => {
    login.token().then(
      (token) => give({ token }),
      () => give({}),
    )
  }
  return io(url, { ...options, auth }).on("connect_error", () => login.forget())
}

function follow(socket: Socket, hearing: Hearing): void {
  socket.on("connect", () => hearing.connected(socket.recovered))
  socket.on("disconnect", () => hearing.lost())
  socket.onAny((event: string, payload: unknown) => {
    if (event.startsWith(PREFIX)) hearing.hear(event.slice(PREFIX.length), payload)
  })
}

/** A client that recovers its session. */
function recovering(url: string, hearing: Hearing, transports: string[]): () => void {
  const socket = open(url, hearing.name, transports, true)
  follow(socket, hearing)
  // socket.io-client does not reconnect by itself after a refusal or a server disconnect.
  const again = setInterval(() => socket.active || socket.connect(), RETRY_DELAY)
  return () => {
    clearInterval(again)
    socket.disconnect()
  }
}

/** A client that starts a new session each time. */
function forgetting(url: string, hearing: Hearing, transports: string[]): () => void {
  let socket: Socket
  let timer: NodeJS.Timeout
  const begin = () => {
    socket?.disconnect()
    socket = open(url, hearing.name, transports, false)
    follow(socket, hearing)
    const later = () => {
      clearTimeout(timer)
      timer = setTimeout(begin, RETRY_DELAY)
    }
    socket.on("disconnect", later).on("connect_error", later)
  }
  begin()
  return () => {
    socket.off("disconnect").disconnect()
    clearTimeout(timer)
  }
}

/** Two clients for each transport. They use the lines in turn, starting at `first`. */
export function officials(cast: Cast, first: number): Participant[] {
  return TRANSPORTS.flatMap((transports) => [
    { transports, begin: recovering, kind: "recovering" },
    { transports, begin: forgetting, kind: "not recovering" },
  ]).map(({ transports, begin, kind }, n) => {
    const scope = (first + n) % cast.urls.length
    const name = `official ${first + n + 1} (${transports.join(", ")}, ${kind})`
    const hearing = new Hearing(name)
    const dispose = begin(cast.urls[scope] as string, hearing, transports)
    return { name, scope, hearing, lists: [], dispose }
  })
}
