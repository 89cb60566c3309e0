// The storage for queued mutations. It lives as long as the backend, so a runtime that is created again finds what the
// previous one stored, and `reset()` clears it for the next test.
import type { StorageDriver, StoredMutation } from "raclette-wasm"

interface Kept {
  mutation: StoredMutation
  identity: string | undefined
  /** The runtime that works on it; undefined once that is closed. */
  owner: object | undefined
}

export class Storages {
  readonly #kept = new Map<string, Kept>()

  /** The `storage` option for `createRuntime`. */
  readonly open = (identity: string | undefined): StorageDriver => {
    const owner = {}
    const all = () => [...this.#kept.values()]
    return {
      load: async () => {
        const found = all().filter((one) => one.identity === identity && one.owner === undefined)
        for (const one of found) one.owner = owner
        return found.map(({ mutation }) => mutation)
      },
      put: async (mutation) => void this.#kept.set(mutation.key, { mutation, identity, owner }),
      remove: async (key) => void this.#kept.delete(key),
      close: () => {
        for (const one of all()) if (one.owner === owner) one.owner = undefined
      },
    }
  }

  clear(): void {
    this.#kept.clear()
  }
}
