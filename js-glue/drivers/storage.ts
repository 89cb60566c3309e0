// Where mutations wait for the network as long as the page lives.
import type { StorageDriver } from "../types/storage"

/** Keeps records as long as the page, or the process, lives. */
export function memoryStorage<T extends { key: string }>(): StorageDriver<T> {
  const records = new Map<string, T>()
  return {
    load: async ({ takes = () => true } = {}) => [...records.values()].filter((record) => takes(record)),
    put: async (record) => void records.set(record.key, record),
    remove: async (key) => void records.delete(key),
    close() {},
  }
}
