// Where mutations wait for the network.
import type { RacletteError } from "./errors"
import type { QueryOptions } from "./query"

/** A mutation that waits for the network, as a storage keeps it: plain data. */
export interface StoredMutation {
  /** How it is written: 1. None is 0, of before there were formats; a release leaves alone what is newer than it knows. */
  format?: number
  /** Whose it is; none: nobody's in particular. */
  identity?: string
  /** Its idempotency key. */
  key: string
  /** Mutations are made again in the order of this number. */
  order: number
  pluginKey: string
  entity: string
  operation: string
  /** JSON. */
  params: string
  /** The headers of `config`, without credentials. */
  headers: [string, string][]
  /** What else of `config` is text or a boolean. */
  config?: Record<string, string | boolean>
  options: Pick<QueryOptions, "notify" | "retry" | "timeout" | "useStore" | "mode"> & { optimistic: boolean }
}

/** A mutation that waits for the network, as `runtime.queued` shows it. It is never changed but replaced. */
export interface QueuedMutation {
  /** Its idempotency key, the same in every try. */
  readonly key: string
  readonly pluginKey: string
  readonly entity: string
  readonly operation: string
  /** A copy of what it was executed with. */
  readonly params: Readonly<Record<string, unknown>>
  /** How often this page has sent it. */
  readonly tries: number
  /** Why the last try failed; undefined as long as none did. */
  readonly error: RacletteError | undefined
  /**
   * Takes it back: it leaves the queue and the storage, its `execute()` resolves with `ABORTED`, and what it assumed is
   * taken back. One that is on the wire is aborted, though the backend may have done it; its lists are then read again.
   * Does nothing for one that is over. Throws `DISPOSED`.
   */
  drop(): void
  /**
   * Tries now, whatever pause there is: the first that waits, since none overtakes. Does nothing while that is on the
   * wire. Throws `DISPOSED`.
   */
  retry(): void
}

/** A mutation that `reset()` has dropped. */
export type DroppedMutation = Omit<QueuedMutation, "drop" | "retry">

/** Who takes over what is left behind in a storage. */
export interface StorageHeir<Kept> {
  /** Whether it can do something with this; what it cannot stays as it is, for another. Default: with everything. */
  takes?(kept: Kept): boolean
  /** More was left behind, since `load`. It is this runtime's from now on. */
  receive?(kept: Kept[]): void
}

/** Keeps mutations that wait for the network, beyond the life of the page where it can. */
export interface StorageDriver<Kept extends { key: string } = StoredMutation> {
  /**
   * What earlier runtimes left behind and no other works on; from now on it is this runtime's. What others leave behind
   * later may go to `heir` until `close()`; a storage that cannot tell leaves it to whoever loads next.
   */
  load(heir?: StorageHeir<Kept>): Promise<Kept[]>
  /** Keeps `mutation`, or replaces what has the same key. */
  put(mutation: Kept): Promise<void>
  /** Forgets it; a key that is unknown is fine. */
  remove(key: string): Promise<void>
  /** The runtime is gone, or its user: what is left may be loaded by another, or by this one later. */
  close(): void
}
