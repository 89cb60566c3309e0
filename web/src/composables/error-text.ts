// Error messages for the page's users. The runtime's messages are for developers, and name options and functions.
// Messages of the backend are shown as they are.
import { shallowRef } from "vue"
import { loginGotResponse } from "./session"

/** `navigator.onLine` as a ref. */
export const isOnline = shallowRef(navigator.onLine)
for (const type of ["online", "offline"]) {
  addEventListener(type, () => {
    isOnline.value = navigator.onLine
  })
}

const UNREACHABLE = "No response from the backend. Is it running?"
const TIMEOUT = "The backend did not respond in time."
const LOST = "The connection was lost."

const words: Record<string, string> = {
  NETWORK_ERROR: UNREACHABLE,
  TRANSPORT_FAILED: UNREACHABLE,
  ENGINE_BAD_HANDSHAKE: "The server that responded is not the backend.",
  REQUEST_TIMEOUT: TIMEOUT,
  CONNECT_TIMEOUT: TIMEOUT,
  PING_TIMEOUT: TIMEOUT,
  TRANSPORT_CLOSED: LOST,
  SERVER_CLOSED: LOST,
  SERVER_DISCONNECTED: LOST,
  CLIENT_DISCONNECTED: "You disconnected this page.",
  WASM_LOAD_FAILED: "Its WebAssembly file could not be loaded.",
  CONNECT_REJECTED: "The backend refused the connection.",
}

export interface Failure {
  code: string
  message: string
}

/** Whether a request got no response at all. */
export function isUnreachable({ code }: Failure): boolean {
  return code === "NETWORK_ERROR" || code === "REQUEST_TIMEOUT" || (code === "AUTH_FAILED" && !loginGotResponse.value)
}

/** A failure in one or two sentences. */
export function explain({ code, message }: Failure): string {
  if (!isOnline.value && code !== "CLIENT_DISCONNECTED") return "You are offline. Check your network connection."
  if (code === "AUTH_FAILED") return loginGotResponse.value ? "The backend refused the login." : UNREACHABLE
  return words[code] ?? message
}
