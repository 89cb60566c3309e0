// Decides whether a failure of the user's `auth` is transient. `fetch` and the libraries around it throw such errors
// when the network or a server is down. They do not mean that the login is invalid, so they must not count as a
// refusal.

/** Names of network and timeout errors. `fetch` throws a TypeError. */
const NAMES = new Set(["TypeError", "AbortError", "TimeoutError", "NetworkError"])
/** Codes of the same errors: those of Node, undici and axios, and those of a RacletteError. */
const CODES =
  /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_|EHOST|ENET|EPIPE|ERR_NETWORK|ERR_CANCELED|UND_ERR_|NETWORK_ERROR|REQUEST_TIMEOUT)/
/** Status codes that mean "try again later". */
const STATUSES = new Set([408, 425, 429])

/** Reads a member of any thrown value. */
function member(thrown: unknown, name: string): unknown {
  return typeof thrown === "object" && thrown !== null ? (thrown as Record<string, unknown>)[name] : undefined
}

/** The HTTP status of a thrown error or Response. 0 if it has none. */
function statusOf(thrown: unknown): number {
  const holders = [thrown, member(thrown, "response"), member(thrown, "details")]
  const statuses = holders.flatMap((holder) => [member(holder, "status"), member(holder, "statusCode")])
  return Number(statuses.find((status) => typeof status === "number") ?? 0)
}

/** Whether asking again later may succeed. */
export function isTransient(thrown: unknown): boolean {
  try {
    const status = statusOf(thrown)
    if (status > 0) return status >= 500 || STATUSES.has(status)
    return NAMES.has(String(member(thrown, "name"))) || CODES.test(String(member(thrown, "code") ?? ""))
  } catch {
    return false
  }
}
