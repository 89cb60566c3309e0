// Compares versions of items as instants, in any notation: RFC 3339 with up to nine fractional digits and any offset,
// numbers, and everything that Date.parse accepts. Versions are never compared as strings.

/** Captures day, hour and minute, second, fraction and offset. */
const RFC_3339 = /^([+-]?\d{4,6}-\d\d-\d\d)[t ](\d\d:\d\d:)(\d\d)(?:\.(\d+))?(z|[+-]\d\d:?\d\d)?$/i

/** Milliseconds, and the digits after them. */
type Instant = readonly [ms: number, digits: string]

/** Below 0 if `a` is older, above 0 if it is newer. Undefined if one of them is no instant. */
export function compareVersions(a: unknown, b: unknown): number | undefined {
  const [one, other] = [instantOf(a), instantOf(b)]
  if (!one || !other) return undefined
  return one[0] - other[0] || (one[1] < other[1] ? -1 : Number(one[1] > other[1]))
}

function instantOf(version: unknown): Instant | undefined {
  if (typeof version !== "string") return Number.isFinite(version) ? [version as number, ""] : undefined
  const [, day, minute, second, fraction = "", offset = ""] = RFC_3339.exec(version) ?? []
  // A leap second ends when the next second begins.
  const isLeap = second === "60"
  const rest = `${isLeap ? "59" : second}.${fraction.slice(0, 3).padEnd(3, "0")}`
  const zone = offset.toUpperCase().replace(/(\d\d)(\d\d)$/, "$1:$2")
  const ms = Date.parse(day === undefined ? version : `${day}T${minute}${rest}${zone}`)
  return Number.isNaN(ms) ? undefined : [ms + (isLeap ? 1000 : 0), fraction.slice(3).replace(/0+$/, "")]
}
