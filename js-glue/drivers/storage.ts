// Keeps the mutations that wait for the network in memory.
import type { StorageDriver } from "../types/storage"

/** Keeps records until the page is closed or the process ends. */
export function memoryStorage<T extends { key: string }>(): StorageDriver<T> {
  const records = new Map<string, T>()
  return {
    load: async ({ takes = () => true } = {}) => [...records.values()].filter((record) => takes(record)),
    put: async (record) => void records.set(record.key, record),
    remove: async (key) => void records.delete(key),
    close() {},
  }
}
