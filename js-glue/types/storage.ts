// The types of the mutation queue and its storage.
import type { RacletteError } from "./errors"
import type { QueryOptions } from "./query"

/** A queued mutation as a storage keeps it: plain data. */
export interface StoredMutation {
  /** Format version: 1. Missing means 0. A release ignores newer formats than its own. */
  format?: number
  /** Identity of the user, if any. */
  identity?: string
  /** Idempotency key. */
  key: string
  /** Position in the queue. */
  order: number
  pluginKey: string
  entity: string
  operation: string
  /** Params as JSON. */
  params: string
  /** Headers of `config`, without credentials. */
  headers: [string, string][]
  /** Other strings and booleans of `config`. */
  config?: Record<string, string | boolean>
  options: Pick<QueryOptions, "notify" | "retry" | "timeout" | "useStore" | "mode"> & { optimistic: boolean }
}

/** A queued mutation in `runtime.queued`. Frozen; a change replaces it. */
export interface QueuedMutation {
  /** Idempotency key, the same in every try. */
  readonly key: string
  readonly pluginKey: string
  readonly entity: string
  readonly operation: string
  /** Copy of its params. */
  readonly params: Readonly<Record<string, unknown>>
  /** Number of times this page has sent it. */
  readonly tries: number
  /** Error of the last try, if any. */
  readonly error: RacletteError | undefined
  /**
   * Removes it from the queue and the storage, rolls back its optimistic update, and resolves its `execute()` with `ABORTED`. A
   * request in flight is aborted, although the backend may have handled it; its lists are refetched. Does nothing once it is
   * done. Throws `DISPOSED`.
   */
  drop(): void
  /**
   * Sends the first mutation of the queue now, without waiting for the next retry. Does nothing while one is in flight. Throws
   * `DISPOSED`.
   */
  retry(): void
}

/** A mutation that `reset()` dropped. */
export type DroppedMutation = Omit<QueuedMutation, "drop" | "retry">

/** Takes over mutations that other pages left in a storage. */
export interface StorageHeir<Kept> {
  /** Returns false for records to leave in the storage. Default: takes all. */
  takes?(kept: Kept): boolean
  /** Called with records that other pages left behind after `load`. They belong to this runtime from now on. */
  receive?(kept: Kept[]): void
}

/** Stores queued mutations, across reloads if possible. */
export interface StorageDriver<Kept extends { key: string } = StoredMutation> {
  /**
   * Returns the records that earlier runtimes left behind and no other runtime owns. They belong to this runtime from now on.
   * Records that are left behind later may be passed to `heir.receive` until `close()`.
   */
  load(heir?: StorageHeir<Kept>): Promise<Kept[]>
  /** Stores `mutation`. Replaces one with the same key. */
  put(mutation: Kept): Promise<void>
  /** Removes a record. Does nothing for an unknown key. */
  remove(key: string): Promise<void>
  /** The runtime or its user session has ended. Others, or this runtime later, may load the records. */
  close(): void
}
