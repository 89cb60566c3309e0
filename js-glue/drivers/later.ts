// Loads drivers that most pages never need from separate chunks of the package, on first use. Until the chunk has
// arrived, a placeholder takes the driver's place. If the chunk cannot be loaded, the placeholder fails as the driver
// would: the connection could not be opened, or the storage failed. No data is lost, and the next attempt loads the
// chunk again.
import type { Transport, TransportEvents } from "../types/drivers"
import { messageOf } from "../types/errors"
import type { StorageDriver } from "../types/storage"

/** Opens a connection with the driver that `load` resolves with. */
export function transportLater(
  load: () => Promise<(events: TransportEvents) => Transport>,
  events: TransportEvents,
): Transport {
  let transport: Transport | undefined
  let isClosed = false
  load().then(
    (open) => {
      if (!isClosed) transport = open(events)
    },
    (error) => {
      if (!isClosed) events.closed(`a part of raclette-wasm could not be loaded: ${messageOf(error)}`)
    },
  )
  // Nothing is sent before the connection is open.
  return {
    sendText: (text) => transport?.sendText(text),
    sendBinary: (bytes) => transport?.sendBinary(bytes),
    pause: () => transport?.pause(),
    identify: (url, maxPayload) => transport?.identify(url, maxPayload),
    close() {
      isClosed = true
      transport?.close()
    },
  }
}

/** Returns the storage that `load` resolves with. Calls made before it has loaded run afterwards, in order. */
export function storageLater<T extends { key: string }>(load: () => Promise<StorageDriver<T>>): StorageDriver<T> {
  let storage: StorageDriver<T> | undefined
  let loading: Promise<StorageDriver<T>> | undefined
  const open = async () => {
    try {
      storage = await load()
      return storage
    } finally {
      loading = undefined
    }
  }
  const use = async <R>(work: (storage: StorageDriver<T>) => R): Promise<Awaited<R>> => {
    if (storage) return await work(storage)
    loading ??= open()
    return await work(await loading)
  }
  return {
    load: (heir) => use((storage) => storage.load(heir)),
    put: (record) => use((storage) => storage.put(record)),
    remove: (key) => use((storage) => storage.remove(key)),
    close() {
      if (storage) storage.close()
      else loading?.then((storage) => storage.close()).catch(() => {})
    },
  }
}
