// What $socket and $eventbus share in waiting for an event.

/** Options of `waitFor`, for `$socket` and `$eventbus`. The promise rejects with `DISPOSED` when its scope is disposed of. */
export interface WaitOptions<T> {
  /** Milliseconds until the promise rejects with `WAIT_TIMEOUT`; 0, the default: no limit. */
  timeout?: number
  /** Rejects the promise with the signal's reason when it aborts. */
  signal?: AbortSignal
  /** Only a payload for which this returns true counts. */
  filter?: (payload: T) => boolean
}
