// Where mutations wait for the network.
import type { QueryOptions } from "./query"

/** A mutation that waits for the network, as a storage keeps it: plain data. */
export interface StoredMutation {
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

/** Keeps mutations that wait for the network, beyond the life of the page where it can. */
export interface StorageDriver<Kept extends { key: string } = StoredMutation> {
  /** What earlier runtimes left behind and no other works on; from now on it is this runtime's. */
  load(): Promise<Kept[]>
  /** Keeps `mutation`, or replaces what has the same key. */
  put(mutation: Kept): Promise<void>
  /** Forgets it; a key that is unknown is fine. */
  remove(key: string): Promise<void>
  /** The runtime is gone: what is left may be loaded by another. */
  close(): void
}
