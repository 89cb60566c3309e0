// Promises and iterators over listeners, shared by $socket and $eventbus. Each registers like any listener, and removes
// itself when it ends for any reason.

import type { Unsubscribe, WaitOptions } from "../../types"
import { RacletteError } from "../../types/errors"
import { checkFunction, checkObject, checkSignal, checkTimeout } from "./checks"
import type { Context } from "./context"

/** Registers a listener. The second function is called when the registration is ended from outside. */
type Register<T> = (listener: (value: T) => void, ended: () => void) => Unsubscribe

/**
 * Resolves with the next value that passes `filter`. Rejects with WAIT_TIMEOUT, DISPOSED, the signal's reason, or an
 * exception from `register`.
 */
export function waitFor<T>(context: Context, name: string, register: Register<T>, options: WaitOptions<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const { timeout = 0, signal, filter } = checkWait(options)
    if (signal?.aborted) return reject(signal.reason)
    let timer: unknown
    const finish = () => {
      remove()
      signal?.removeEventListener("abort", aborted)
      if (timer !== undefined) timers.clear(timer)
    }
    const aborted = () => {
      finish()
      reject(signal?.reason)
    }
    const { timers } = context
    const remove = register(
      (value) => {
        if (filter && !filter(value)) return
        finish()
        resolve(value)
      },
      () => {
        finish()
        reject(new RacletteError("DISPOSED", `while waiting for "${name}"`))
      },
    )
    signal?.addEventListener("abort", aborted)
    if (timeout === 0 || timeout === Number.POSITIVE_INFINITY) return
    timer = timers.set(() => {
      finish()
      reject(new RacletteError("WAIT_TIMEOUT", `"${name}", ${timeout} ms`))
    }, timeout)
  })
}

function checkWait<T>(options: WaitOptions<T>): WaitOptions<T> {
  checkObject(options, "the options")
  checkTimeout(options.timeout)
  checkSignal(options.signal)
  if (options.filter !== undefined) checkFunction(options.filter, "the filter")
  return options
}

/**
 * Iterates over all values from now on. Ends when the loop is left, when the signal aborts (after the values received
 * before), or when the scope is disposed of (at once).
 */
export function iterate<T>(register: Register<T>, signal: AbortSignal | undefined): AsyncIterableIterator<T> {
  const over = { value: undefined, done: true } as const
  const waiting: ((result: IteratorResult<T>) => void)[] = []
  let values: T[] = []
  let done = false
  const end = () => {
    done = true
    remove()
    signal?.removeEventListener("abort", end)
    for (const resolve of waiting.splice(0)) resolve(over)
  }
  const drop = () => {
    values = []
    end()
  }
  const remove = register((value) => {
    const resolve = waiting.shift()
    if (resolve) resolve({ value, done: false })
    else values.push(value)
  }, drop)
  if (signal?.aborted) end()
  else signal?.addEventListener("abort", end)
  return {
    next() {
      if (values.length > 0) return Promise.resolve({ value: values.shift() as T, done: false })
      return done ? Promise.resolve(over) : new Promise((resolve) => waiting.push(resolve))
    },
    return() {
      drop()
      return Promise.resolve(over)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
