// Checks of arguments at the call. Each throws `BAD_ARGUMENT` with the name of the argument and the value it had.
import { type ErrorCode, RacletteError } from "../../types/errors"

/** Requires a non-empty string. */
export function checkName(value: unknown, what: string): asserts value is string {
  if (typeof value !== "string" || value === "") throw wrong(value, what, "a non-empty string")
}

/** Requires a function. */
export function checkFunction(value: unknown, what: string): void {
  if (typeof value !== "function") throw wrong(value, what, "a function")
}

/** No options. */
export const NO_OPTIONS: object = Object.freeze({})

/** Requires a listener, and options with no other names than `known`. */
export function checkListener(callback: unknown, options: { signal?: unknown }, known: readonly string[]): void {
  checkFunction(callback, "the listener")
  if (options === NO_OPTIONS) return
  checkObject(options, "the options")
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption("BAD_ARGUMENT", name, known)
  checkSignal(options.signal)
}

/** Requires an object as the options of a call. */
export function checkObject(value: unknown, what: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(value, what, "an object")
}

/** Requires an AbortSignal or undefined. */
export function checkSignal(value: unknown): void {
  const isSignal = value instanceof Object && "aborted" in value && "addEventListener" in value
  if (value !== undefined && !isSignal) throw wrong(value, "the signal", "an AbortSignal")
}

/** Requires a number of milliseconds, 0 or more, or undefined. */
export function checkTimeout(value: unknown): void {
  const isTime = typeof value === "number" && value >= 0
  if (value !== undefined && !isTime) throw wrong(value, "the timeout", "a number of milliseconds, 0 or more")
}

/** The error for the name of an option that there is not. */
export function unknownOption(code: ErrorCode, name: string, known: readonly string[]): RacletteError {
  return new RacletteError(code, `\`${name}\` is not an option; known are ${known.join(", ")}`)
}

/** The error for a wrong value. */
export function wrong(value: unknown, what: string, expected: string): RacletteError {
  return new RacletteError("BAD_ARGUMENT", `${what} must be ${expected}, not ${kindOf(value)}`)
}

/** Describes a value for a message. */
export function kindOf(value: unknown): string {
  if (value === "") return "an empty string"
  if (value === null || typeof value === "number") return String(value)
  return Array.isArray(value) ? "an array" : typeof value
}
