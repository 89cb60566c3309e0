// Where mutations wait for the network: as long as the backend's clients, so that a page that is "loaded again" finds what the
// one before left behind, and a test finds nothing of the one before.
import type { StorageDriver, StoredMutation } from "raclette-wasm"

interface Kept {
  mutation: StoredMutation
  identity: string | undefined
  /** Whose it is; undefined as soon as that one is closed. */
  owner: object | undefined
}

export class Storages {
  readonly #kept = new Map<string, Kept>()

  /** What `createRuntime` is given as `storage`. */
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
