// Members that an API has not, and what to do about it. Reading one throws at once, where a name is to be seen, instead of
// giving an undefined that fails three calls later. Who copies, prints or enumerates an API does not read them.

/** What is missing because nobody gave it. The shape of the runtime's own errors, whose class is in the main entry. */
class NotProvided extends Error {
  override readonly name = "RacletteError"
  readonly code = "NOT_PROVIDED"
  readonly details = {}
}

/** An error with the code `NOT_PROVIDED`. `message`: what is missing, and who can give it. */
export function notProvided(message: string): Error {
  return new NotProvided(message)
}

/** `api` without the members that `reasons` names; reading one says the reason. */
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
