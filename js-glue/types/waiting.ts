// Options of waitFor.

/** Options of `waitFor` of `$socket` and `$eventbus`. The promise rejects with `DISPOSED` when the scope is disposed of. */
export interface WaitOptions<T> {
  /** Milliseconds until the promise rejects with `WAIT_TIMEOUT`. Default: 0, no limit. */
  timeout?: number
  /** Rejects the promise with the signal's reason when it aborts. */
  signal?: AbortSignal
  /** Ignores payloads for which it returns false. */
  filter?: (payload: T) => boolean
}
