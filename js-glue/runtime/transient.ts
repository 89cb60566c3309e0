// Whether a failure of the user's `auth` says that there are no credentials to be had now, or that there are none. The
// former is what `fetch` and the libraries around it throw where a network or a server is down; it says nothing of
// whether a login is still good, so it must not count as a refusal.

/** Names of errors for want of a network or of time. `fetch` throws a TypeError. */
const NAMES = new Set(["TypeError", "AbortError", "TimeoutError", "NetworkError"])
/** Codes of the same: those of Node, undici and axios, and those of a RacletteError. */
const CODES =
  /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_|EHOST|ENET|EPIPE|ERR_NETWORK|ERR_CANCELED|UND_ERR_|NETWORK_ERROR|REQUEST_TIMEOUT)/
/** Answers by which a server says that it is the wrong moment. */
const STATUSES = new Set([408, 425, 429])

/** Reads a member of whatever was thrown. */
function member(thrown: unknown, name: string): unknown {
  return typeof thrown === "object" && thrown !== null ? (thrown as Record<string, unknown>)[name] : undefined
}

/** The HTTP status that an error, or a Response that was thrown, brings along; 0: none. */
function statusOf(thrown: unknown): number {
  const holders = [thrown, member(thrown, "response"), member(thrown, "details")]
  const statuses = holders.flatMap((holder) => [member(holder, "status"), member(holder, "statusCode")])
  return Number(statuses.find((status) => typeof status === "number") ?? 0)
}

/** True if asking again later may bring credentials. */
export function isTransient(thrown: unknown): boolean {
  try {
    const status = statusOf(thrown)
    if (status > 0) return status >= 500 || STATUSES.has(status)
    return NAMES.has(String(member(thrown, "name"))) || CODES.test(String(member(thrown, "code") ?? ""))
  } catch {
    return false
  }
}
