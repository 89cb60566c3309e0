// Promises and iterators over listeners, the same for $socket and $eventbus: each registers like any listener, and
// takes itself back when it ends, whichever way that is.
import { RacletteError } from "../runtime/errors"
import type { Context } from "./context"
import type { Unsubscribe, WaitOptions } from "./types"

/** Registers a listener; the second function is called when the registration is ended from outside. */
type Register<T> = (listener: (value: T) => void, ended: () => void) => Unsubscribe

/** Resolves with the next value that passes `filter`; rejects with WAIT_TIMEOUT, DISPOSED or the signal's reason. */
export function waitFor<T>(context: Context, name: string, register: Register<T>, options: WaitOptions<T>): Promise<T> {
  const { timeout, signal, filter } = options
  return new Promise((resolve, reject) => {
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
    if (timeout === undefined) return
    timer = timers.set(() => {
      finish()
      reject(new RacletteError("WAIT_TIMEOUT", `"${name}", ${timeout} ms`))
    }, timeout)
  })
}

/** All values from now on, none skipped. Ends when the loop is left, the signal aborts, or the scope is disposed. */
export function iterate<T>(register: Register<T>, signal: AbortSignal | undefined): AsyncIterableIterator<T> {
  const values: T[] = []
  let waiting: ((result: IteratorResult<T>) => void) | undefined
  let done = false
  const end = () => {
    done = true
    remove()
    signal?.removeEventListener("abort", end)
    waiting?.({ value: undefined, done: true })
    waiting = undefined
  }
  const remove = register((value) => {
    if (!waiting) return void values.push(value)
    waiting({ value, done: false })
    waiting = undefined
  }, end)
  if (signal?.aborted) end()
  else signal?.addEventListener("abort", end)
  return {
    next() {
      if (values.length > 0) return Promise.resolve({ value: values.shift() as T, done: false })
      if (done) return Promise.resolve({ value: undefined, done: true })
      return new Promise((resolve) => {
        waiting = resolve
      })
    },
    return() {
      end()
      values.length = 0
      return Promise.resolve({ value: undefined, done: true })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
