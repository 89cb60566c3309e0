// raclette-wasm: the public entry. It only puts the shipped drivers together with the API; importing it does
// nothing and needs no `window`.
import { loadIndexedDb, loadPolling } from "#parts"
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
 * Loads the compiled core, makes a runtime and (unless `socket.autoConnect` is false) connects it.
 *
 * Names are checked against the configs in `plugins`; `types` says what stands behind them.
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
  // It would be tried again and again. A runtime that is not to connect, as on a server, does not need one.
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
  // Which names there are is known to the compiler alone.
  return runtime as Promise<unknown> as Promise<Runtime<Configs, Types>>
}

/**
 * Keeps records in the IndexedDB database `name`. Nothing is opened, nor is the part of the package loaded that does it,
 * before the first call. Rejects with what the browser says: no access in some private windows, no space left.
 */
export function indexedDbStorage<T extends { key: string }>(
  name: string,
  locks?: Pick<LockManager, "request">,
): StorageDriver<T> {
  return storageLater(async () => (await loadIndexedDb()).indexedDbStorage<T>(name, locks))
}

/** Of what pages share: one for each backend, since nothing may go to another. */
function ownName({ url }: RuntimeOptions): string {
  return `raclette-wasm ${url ?? globalThis.location?.origin}`
}

/** One for each identity as well: a mutation must not go as another. */
function defaultStorage(name: string): NonNullable<RuntimeOptions["storage"]> {
  if (globalThis.indexedDB === undefined) return memoryStorage()
  return (identity) => indexedDbStorage(identity === undefined ? name : `${name} ${identity}`)
}
