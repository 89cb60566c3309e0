// Reads why the server refused a session: the payload of a CONNECT_ERROR packet, which holds the error that a server
// middleware passed to `next(error)`. The core gets the message; the user gets the data, whatever its size.

/** Maximum number of code units of a message that are passed on. */
const MAX_MESSAGE = 1000

/** Returns the error's message (empty if it has none) and its data. */
export function readConnectError(payload: string): { message: string; data: unknown } {
  let said: unknown
  try {
    said = JSON.parse(payload)
  } catch {
    return { message: "", data: undefined }
  }
  // Servers before Socket.IO 3 send only the message.
  const { message, data } =
    typeof said === "object" && said !== null ? (said as Record<string, unknown>) : { message: said }
  return { message: typeof message === "string" ? message.slice(0, MAX_MESSAGE) : "", data }
}
