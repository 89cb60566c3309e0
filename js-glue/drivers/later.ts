// Drivers that most pages never need are chunks of the package, which are loaded when they are asked for. Until one is there,
// what stands here takes its place. A chunk that cannot be loaded is told as what the driver would tell: a connection that
// could not be opened, a storage that failed. Nothing is lost by it, and the next attempt asks for the chunk again.
import type { Transport, TransportEvents } from "../types/drivers"
import { messageOf } from "../types/errors"
import type { StorageDriver } from "../types/storage"

/** A connection by the driver that `load` resolves with. */
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
  // Nothing is sent before it has opened.
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

/** The storage that `load` resolves with. What is asked of it meanwhile comes in its order. */
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
