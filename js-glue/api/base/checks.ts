// What callers hand in, checked at the call: each throws `BAD_ARGUMENT` with the name of what is wrong and what it was.
import { RacletteError } from "../../types/errors"

/** A string that is not empty. */
export function checkName(value: unknown, what: string): asserts value is string {
  if (typeof value !== "string" || value === "") throw wrong(value, what, "a non-empty string")
}

/** A function. */
export function checkFunction(value: unknown, what: string): void {
  if (typeof value !== "function") throw wrong(value, what, "a function")
}

/** A listener and the options that it is registered with. */
export function checkListener(callback: unknown, options: { signal?: unknown }): void {
  checkFunction(callback, "the listener")
  checkObject(options, "the options")
  checkSignal(options.signal)
}

/** The options of a call: an object. */
export function checkObject(value: unknown, what: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(value, what, "an object")
}

/** An AbortSignal, or none. */
export function checkSignal(value: unknown): void {
  const isSignal = value instanceof Object && "aborted" in value && "addEventListener" in value
  if (value !== undefined && !isSignal) throw wrong(value, "the signal", "an AbortSignal")
}

/** Milliseconds from 0 on, or none. */
export function checkTimeout(value: unknown): void {
  const isTime = typeof value === "number" && value >= 0
  if (value !== undefined && !isTime) throw wrong(value, "the timeout", "a number of milliseconds, 0 or more")
}

/** The error for a value that is not what it has to be. */
export function wrong(value: unknown, what: string, expected: string): RacletteError {
  return new RacletteError("BAD_ARGUMENT", `${what} must be ${expected}, not ${kindOf(value)}`)
}

/** What a value is, as a message says it. */
export function kindOf(value: unknown): string {
  if (value === "") return "an empty string"
  if (value === null || typeof value === "number") return String(value)
  return Array.isArray(value) ? "an array" : typeof value
}
