// raclette-wasm: the main entry. It combines the default drivers with the API. Importing it has no side effects and
// needs no `window`.
import { loadOffline, loadPolling } from "#parts"
import { assembleRuntime } from "./api/create-runtime"
import { startFetch } from "./drivers/fetch"
import { withFetchOptions } from "./drivers/fetch-options"
import { storageLater, transportLater } from "./drivers/later"
import { watchLifecycle } from "./drivers/lifecycle"
import { webLocks } from "./drivers/page-locks"
import { memoryStorage } from "./drivers/storage"
import { platformTimers } from "./drivers/timers"
import { NO_WEBSOCKET, openWebSocket } from "./drivers/websocket"
import type { ApiTypes, NoTypes, PluginConfig, Runtime, RuntimeOptions, StorageDriver } from "./types"
import { RacletteError } from "./types/errors"

export { memoryStorage } from "./drivers/storage"
export type * from "./types"
export { type ErrorCode, RacletteError } from "./types/errors"

/**
 * Loads the compiled core, creates a runtime and connects it (unless `socket.autoConnect` is false).
 *
 * Names are checked against the configs in `plugins`; `types` adds item and payload types.
 *
 * @param options `url` is the origin of the backend; default: the page's own. All else has a default as well.
 * @returns a promise that rejects with a `RacletteError`: `WASM_LOAD_FAILED` (the core could not be loaded; the
 * message says why), `BAD_CONFIG` (with the path of the field), `BAD_PATTERN`, or `BAD_ARGUMENT`.
 */
export function createRuntime<
  const Configs extends readonly PluginConfig[] = readonly PluginConfig[],
  Types extends ApiTypes = NoTypes,
>(options: RuntimeOptions<Configs, Types> = {}): Promise<Runtime<Configs, Types>> {
  const WebSocketClass = options.WebSocket ?? globalThis.WebSocket
  const platformFetch: typeof fetch = options.fetch ?? ((...args) => globalThis.fetch(...args))
  const fetchFunction = withFetchOptions(platformFetch, options.fetchOptions)
  const transport = { ...options.socket }
  // Fail early instead of reconnecting forever. A runtime that does not connect, as on a server, needs no WebSocket.
  const connectsAtOnce = transport.autoConnect !== false && transport.transports?.join() !== "polling"
  if (WebSocketClass === undefined && connectsAtOnce) {
    return Promise.reject(new RacletteError("BAD_ARGUMENT", NO_WEBSOCKET))
  }
  const name = ownName(options)
  const timers = options.timers ?? platformTimers
  const storage = options.storage ?? defaultStorage(name)
  const runtime: Promise<Runtime> = assembleRuntime(options, {
    openTransport: (name, url, events) =>
      name === "polling"
        ? transportLater(async () => {
            const { openPolling } = await loadPolling()
            return (events) => openPolling(fetchFunction, url, transport, events)
          }, events)
        : openWebSocket(WebSocketClass, url, transport, events),
    startFetch: (request, events) => startFetch(fetchFunction, request, events),
    timers,
    watchLifecycle: options.lifecycle ?? watchLifecycle,
    storage: typeof storage === "function" ? storage : () => storage,
    acquireLock: webLocks(name, timers),
  })
  // Names exist only in the types.
  return runtime as Promise<unknown> as Promise<Runtime<Configs, Types>>
}

/**
 * A storage in the IndexedDB database `name`. The first call loads its part of the package and opens the database.
 * Rejects with the browser's error, for example in private windows or without free space.
 */
export function indexedDbStorage<T extends { key: string }>(
  name: string,
  locks?: Pick<LockManager, "request">,
): StorageDriver<T> {
  return storageLater(async () => (await loadOffline()).indexedDbStorage<T>(name, locks))
}

/** Name of what pages share, such as locks: one for each backend. */
function ownName({ url }: RuntimeOptions): string {
  return `raclette-wasm ${url ?? globalThis.location?.origin}`
}

/** One database for each backend and identity, so no mutation is sent as another user. */
function defaultStorage(name: string): NonNullable<RuntimeOptions["storage"]> {
  if (globalThis.indexedDB === undefined) return memoryStorage()
  return (identity) => indexedDbStorage(identity === undefined ? name : `${name} ${identity}`)
}
