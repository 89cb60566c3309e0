// The compiled core as TypeScript sees it: raw exports (numbers only, the hot path) and embind functions (the
// control plane). What they mean stands in wasm/core/include/raclette and wasm/bindings; link.ts makes it.

/** Answer of a control call: `code` is a number of the error table, `text` what the code alone cannot say. */
export interface Answer {
  code: number
  value: number
  text: string
}

/** Handles are unsigned 32-bit numbers, 0 is none. Times are milliseconds of the timers driver's clock. */
export interface CoreModule {
  HEAPU8: Uint8Array
  HEAPU16: Uint16Array
  HEAP32: Int32Array
  HEAPU32: Uint32Array

  rac_scratch(units: number): number
  rac_route(): number
  rac_event_frame(runtime: number, connection: number, length: number): number
  rac_text_frame(runtime: number, connection: number, length: number, total: number, now: number): number
  rac_text_tail(runtime: number, length: number): number
  rac_binary_frame(runtime: number, connection: number, now: number): number
  rac_plan(runtime: number, plan: number): number
  rac_drain(runtime: number): number
  rac_words(runtime: number): number
  rac_text(runtime: number): number
  rac_is_busy(runtime: number): number
  rac_next_timeout(runtime: number): number
  rac_tick(runtime: number, now: number): void
  rac_connect(runtime: number, space: number, now: number): void
  rac_disconnect(runtime: number, space: number, now: number): void
  rac_life(runtime: number, life: number, now: number): void
  rac_transport_paused(runtime: number, connection: number, now: number): void
  rac_transport_opened(runtime: number, connection: number, now: number): void
  rac_auth_ready(runtime: number, request: number, payload: number, now: number): void
  rac_fetch_done(runtime: number, fetch: number, status: number, response: number, now: number): void
  rac_fetch_failed(runtime: number, fetch: number, code: number, status: number, response: number, now: number): void
  rac_unlisten(runtime: number, space: number, listener: number): number
  rac_emit(
    runtime: number,
    space: number,
    payload: number,
    attachments: number,
    bytes: number,
    wantsAck: number,
    isVolatile: number,
    timeout: number,
    retries: number,
    now: number,
  ): number
  rac_cancel_emit(runtime: number, emit: number): number
  rac_clear_emits(runtime: number, space: number): void
  rac_reply(runtime: number, space: number, replyId: number, payload: number, attachments: number): void
  rac_bus_unlisten(runtime: number, listener: number): number
  rac_bus_version(runtime: number): number
  rac_execute(runtime: number, query: number, body: number, now: number): number
  rac_reuse(runtime: number, query: number, now: number): number
  rac_abort_query(runtime: number, query: number, now: number): void
  rac_dispose_query(runtime: number, query: number, now: number): void
  rac_dispose(runtime: number): void

  /** These return a code; what else they answer is told by `answerOf`. */
  rac_answer(): number
  rac_plan_name(runtime: number, plan: number, part: number): number
  rac_create_query(
    runtime: number,
    operation: number,
    flags: number,
    timeout: number,
    retry: number,
    debounce: number,
    refetchInterval: number,
  ): number

  createRuntime(options: string, seed: number): Answer
  addPlugin(runtime: number, config: string): Answer
  plugin(runtime: number, pluginKey: string): Answer
  space(runtime: number, nsp: string): Answer
  listen(runtime: number, space: number, plugin: number, channelKey: string): Answer
  checkEvent(name: string): Answer
  busListen(runtime: number, plugin: number, pattern: string, lifetime: number, now: number): Answer
  busPlan(runtime: number, plugin: number, name: string): Answer
  /** `value`: the operation times 8, and flags of `OperationFlag`. `text`: its placeholders, each with a newline behind it. */
  operation(runtime: number, pluginKey: string, entity: string, name: string): Answer
  setRequest(runtime: number, query: number, path: string, params: string, variant: string): Answer
  restore(runtime: number, query: number, body: number, key: string, now: number): Answer
  transportClosed(runtime: number, connection: number, detail: string, now: number): Answer
  payloadRefused(runtime: number, connection: number, detail: string, now: number): Answer
  authFailed(runtime: number, request: number, detail: string, now: number): Answer
  logTitle(pluginKey: string, title: string): Answer
  logTime(localMs: number): Answer
}

/** The scope or bus of all plugins, where a plugin's number is asked for. */
export const ALL_PLUGINS = 0xffffffff

/**
 * Kinds of routes, as in `RouteKind` of frame.h. Beside the kind: `wantsTail` where the frame's end is wanted, `busy`
 * where there are effects or another earliest timer.
 */
export const Route = {
  nothing: 0,
  needAll: 1,
  event: 2,
  ack: 3,
  hold: 4,
  early: 5,
  kind: 7,
  wantsTail: 8,
  busy: 16,
} as const

/** What an operation is, as `operation` answers. */
export const OperationFlag = { isRead: 1, hasBody: 2, targetIsFunction: 4, bits: 3 } as const

/** How a query behaves: the flags of `rac_create_query`. */
export const QueryFlag = { useCache: 1, notify: 2, refetchOnReconnect: 4, refetchOnFocus: 8 } as const

/** As much of a frame's end as the core looks at: `kLongestTail` of frame.h. */
export const LONGEST_TAIL = 80

/** What happens to the page or the machine, as in `Life` of input.h. */
export const Life = { online: 0, offline: 1, visible: 2, hide: 3, show: 4 } as const
