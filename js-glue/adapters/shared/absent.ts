// Missing members of an API. Reading one throws immediately and says what to do, instead of returning undefined, which
// would fail later. The members are not enumerable, so copying or printing an API does not read them.

/** Has the shape of RacletteError, whose class is in the main entry, which adapters do not import. */
class NotProvided extends Error {
  override readonly name = "RacletteError"
  readonly code = "NOT_PROVIDED"
  readonly details = {}
}

/** An error with the code `NOT_PROVIDED`. `message` says what is missing and how to provide it. */
export function notProvided(message: string): Error {
  return new NotProvided(message)
}

/** `api` without the members in `reasons`. Reading one throws its reason. */
export function withAbsent<T extends object>(api: T, reasons: ReadonlyMap<string, string>): T {
  if (reasons.size === 0) return api
  const members = Object.entries(api).filter(([name]) => !reasons.has(name))
  const rest = Object.fromEntries(members)
  for (const [name, reason] of reasons) {
    Object.defineProperty(rest, name, {
      get() {
        throw notProvided(reason)
      },
    })
  }
  return Object.freeze(rest) as T
}
