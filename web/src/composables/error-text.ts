// What went wrong, in words for the reader of the page. The messages of the runtime are for its developers: they name
// options and functions. What the backend itself says is passed on.
import { shallowRef } from "vue"
import { loginWasAnswered } from "./session"

/** Whether there is a network, as far as the browser knows. */
export const isOnline = shallowRef(navigator.onLine)
for (const type of ["online", "offline"]) {
  addEventListener(type, () => {
    isOnline.value = navigator.onLine
  })
}

const NOBODY = "Is the backend running?"
const LATE = "The backend did not answer in time."
const LOST = "The connection was lost."

const words: Record<string, string> = {
  NETWORK_ERROR: NOBODY,
  TRANSPORT_FAILED: NOBODY,
  ENGINE_BAD_HANDSHAKE: "What answers is not the backend.",
  REQUEST_TIMEOUT: LATE,
  CONNECT_TIMEOUT: LATE,
  PING_TIMEOUT: LATE,
  TRANSPORT_CLOSED: LOST,
  SERVER_CLOSED: LOST,
  SERVER_DISCONNECTED: LOST,
  CLIENT_DISCONNECTED: "You disconnected this page.",
  WASM_LOAD_FAILED: "Its WebAssembly could not be loaded.",
  CONNECT_REJECTED: "The backend refused the connection.",
}

export interface Failure {
  code: string
  message: string
}

/** Whether nobody answered, as opposed to an answer that says no. */
export function isUnreachable({ code }: Failure): boolean {
  return code === "NETWORK_ERROR" || code === "REQUEST_TIMEOUT" || (code === "AUTH_FAILED" && !loginWasAnswered.value)
}

/** One sentence or two about a failure. */
export function explain({ code, message }: Failure): string {
  if (!isOnline.value && code !== "CLIENT_DISCONNECTED") return "You are offline. Is the network on?"
  if (code === "AUTH_FAILED") return loginWasAnswered.value ? "The login was refused." : NOBODY
  return words[code] ?? message
}
