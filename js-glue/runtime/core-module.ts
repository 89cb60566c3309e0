// The compiled core as TypeScript sees it: raw exports (numbers only, the hot path) and embind functions (the
// control plane). What they mean stands in wasm/core/include/raclette/runtime.h and wasm/bindings.

/** Answer of a control call: `code` is a number of the error table, `text` what the code alone cannot say. */
export interface Answer {
  code: number
  value: number
  text: string
}

/** How an operation wants its params. `placeholders`: names, each with a newline behind it. */
export interface OperationAnswer {
  code: number
  operation: number
  isRead: boolean
  hasBody: boolean
  targetIsFunction: boolean
  placeholders: string
  text: string
}

/** How a query behaves; see `QuerySettings` of runtime.h. Times in milliseconds, 0: none. */
export interface QuerySettings {
  useCache: boolean
  notify: boolean
  refetchOnReconnect: boolean
  refetchOnFocus: boolean
  timeout: number
  retry: number
  debounce: number
  refetchInterval: number
}

export interface ModuleOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object
}

/** Handles are unsigned 32-bit numbers, 0 is none. Times are milliseconds of the timers driver's clock. */
export interface CoreModule {
  HEAPU8: Uint8Array
  HEAPU16: Uint16Array
  HEAP32: Int32Array
  HEAPU32: Uint32Array

  _rac_scratch(units: number): number
  _rac_route(): number
  _rac_text_frame(runtime: number, connection: number, length: number, total: number, now: number): number
  _rac_text_tail(runtime: number, length: number): number
  _rac_binary_frame(runtime: number, connection: number, now: number): number
  _rac_plan(runtime: number, plan: number): number
  _rac_drain(runtime: number): number
  _rac_words(runtime: number): number
  _rac_text(runtime: number): number
  _rac_next_timeout(runtime: number): number
  _rac_tick(runtime: number, now: number): void
  _rac_connect(runtime: number, space: number, now: number): void
  _rac_disconnect(runtime: number, space: number, now: number): void
  _rac_life(runtime: number, life: number, now: number): void
  _rac_transport_paused(runtime: number, connection: number, now: number): void
  _rac_transport_opened(runtime: number, connection: number, now: number): void
  _rac_auth_ready(runtime: number, request: number, payload: number, now: number): void
  _rac_fetch_done(runtime: number, fetch: number, status: number, response: number, now: number): void
  _rac_fetch_failed(runtime: number, fetch: number, code: number, status: number, response: number, now: number): void
  _rac_unlisten(runtime: number, space: number, listener: number): number
  _rac_emit(
    runtime: number,
    space: number,
    event: number,
    payload: number,
    attachments: number,
    bytes: number,
    wantsAck: number,
    isVolatile: number,
    timeout: number,
    retries: number,
    now: number,
  ): number
  _rac_cancel_emit(runtime: number, emit: number): number
  _rac_clear_emits(runtime: number, space: number): void
  _rac_reply(runtime: number, space: number, replyId: number, payload: number, attachments: number): void
  _rac_bus_unlisten(runtime: number, listener: number): number
  _rac_bus_version(runtime: number): number
  _rac_execute(runtime: number, query: number, body: number, now: number): number
  _rac_abort_query(runtime: number, query: number, now: number): void
  _rac_dispose_query(runtime: number, query: number, now: number): void
  _rac_dispose(runtime: number): void

  createRuntime(options: string, seed: number): Answer
  addPlugin(runtime: number, config: string): Answer
  plugin(runtime: number, pluginKey: string): Answer
  space(runtime: number, nsp: string): Answer
  listen(runtime: number, space: number, plugin: number, channelKey: string): Answer
  planNames(runtime: number, plan: number): { channel: string; key: string; prefix: string }
  eventName(runtime: number, name: string): Answer
  busListen(runtime: number, plugin: number, pattern: string, lifetime: number, now: number): Answer
  busPlan(runtime: number, plugin: number, name: string): Answer
  operation(runtime: number, pluginKey: string, entity: string, name: string): OperationAnswer
  createQuery(runtime: number, operation: number, settings: QuerySettings): Answer
  setRequest(runtime: number, query: number, path: string, params: string, variant: string): Answer
  restore(runtime: number, query: number, body: number, key: string, now: number): number
  transportClosed(runtime: number, connection: number, detail: string, now: number): void
  payloadRefused(runtime: number, connection: number, detail: string, now: number): void
  authFailed(runtime: number, request: number, detail: string, now: number): void
  errorName(code: number): string
  logTitle(pluginKey: string, title: string): string
  logTime(localMs: number): string
  census(runtime: number): string
}

/** The scope or bus of all plugins, where a plugin's number is asked for. */
export const ALL_PLUGINS = 0xffffffff

/** Kinds of routes, as in `RouteKind` of runtime.h; `wantsTail` is added where the frame's end is wanted. */
export const Route = { nothing: 0, needAll: 1, event: 2, ack: 3, hold: 4, early: 5, wantsTail: 8 } as const

/** As much of a frame's end as the core looks at: `kLongestTail` of runtime.h. */
export const LONGEST_TAIL = 80

/** What happens to the page or the machine, as in `Life` of input.h. */
export const Life = { online: 0, offline: 1, visible: 2, hide: 3, show: 4 } as const
