// Why the server refused a session: the payload of a CONNECT_ERROR, which is what a middleware of the server called
// `next(error)` with. Its message is for the core, its data for the user, however large it is.

/** So many units of a message are passed on. */
const MAX_MESSAGE = 1000

/** The error's message (empty where there is none) and its data. */
export function readConnectError(payload: string): { message: string; data: unknown } {
  let said: unknown
  try {
    said = JSON.parse(payload)
  } catch {
    return { message: "", data: undefined }
  }
  // Servers before Socket.IO 3 send the message alone.
  const { message, data } =
    typeof said === "object" && said !== null ? (said as Record<string, unknown>) : { message: said }
  return { message: typeof message === "string" ? message.slice(0, MAX_MESSAGE) : "", data }
}
