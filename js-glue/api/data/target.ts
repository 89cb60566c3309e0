// Target functions. They get the raw params. If a text appears unencoded in the path and contains characters that would
// end its segment, the function is called again with that text percent-encoded, so no value leaves its segment. Targets
// that encode values themselves are left alone.
import { RacletteError } from "../../types/errors"
import { mapMembers, plainCopy } from "./plain"

type Params = Record<string, unknown>

/** Lone surrogates are not valid in a URL. This replacement is the one that `URLSearchParams` uses. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd")

const encode = (text: string): string => encodeURIComponent(wellFormed(text))

export type TargetFunction = (params: never) => unknown

/** Returns the path of `target` for `params`. Adds the params that it read to `used`. Rethrows its exceptions. */
export function callTarget(target: TargetFunction, params: Params, used: Set<string>): string {
  const path = pathOf(target, params, used)
  const leaking = textsIn(params).filter((text) => path.includes(text) && leaks(target, params, text))
  const safe = leaking.length > 0 ? pathOf(target, encoded(params, new Set(leaking)), used) : path
  checkSegments(safe, params, used)
  return safe
}

/** Calls the target with a copy, which it may modify. */
function pathOf(target: TargetFunction, params: Params, used: Set<string>): string {
  const watched = new Proxy(plainCopy(params) as Params, {
    get(all, name) {
      if (typeof name === "string") used.add(name)
      return Reflect.get(all, name)
    },
  })
  const path = target(watched as never)
  if (typeof path === "string") return path
  throw new RacletteError("BAD_CONFIG", "a target must return a string")
}

/** Whether `text` is in the path unencoded: then an encoded text appears unchanged, too. */
function leaks(target: TargetFunction, params: Params, text: string): boolean {
  const once = encode(text)
  const path = pathOf(target, encoded(params, new Set([text])), new Set())
  return path.replaceAll(encodeURIComponent(once), "").includes(once)
}

/** The texts in `params`, at any depth, that encoding changes. */
function textsIn(params: Params): string[] {
  const found: string[] = []
  mapTexts(params, (text) => {
    if (encode(text) !== text) found.push(text)
    return text
  })
  return found
}

function encoded(params: Params, texts: ReadonlySet<string>): Params {
  return mapTexts(params, (text) => (texts.has(text) ? encode(text) : text)) as Params
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change))
  if (typeof value !== "object" || value === null || value instanceof Date) return value
  return mapMembers(value, (member) => mapTexts(member, change))
}

/** Throws MISSING_PARAM for dot segments, which encoding cannot prevent, and for missing values. */
function checkSegments(path: string, params: Params, used: ReadonlySet<string>): void {
  const segments = path
    .replace(/[?#].*/s, "")
    .split("/")
    .slice(1)
  for (const name of used) {
    const text = String(params[name] ?? "")
    const isDots = text.includes(".") && segments.some((segment) => segment === "." || segment === "..")
    const isMissing = text === "" && segments.includes(params[name] === "" ? "" : String(params[name]))
    if (isDots || isMissing) throw new RacletteError("MISSING_PARAM", name)
  }
}
