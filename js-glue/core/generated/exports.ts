// The calls that the compiled core takes: the signatures of wasm/bindings/exports.cpp and embind.cpp.
// Generated from the C++ side by `npm run generate`: an edit belongs there.

/** Answer of a control call: `code` is a number of the error table, `text` what the code alone cannot say. */
export interface Answer {
  code: number
  value: number
  text: string
}

/** Raw exports, numbers only. Handles are unsigned, 0 is none; times are milliseconds of the timers driver's clock. */
export interface RawExports {
  /** Returns the address to write `units` UTF-16 units to. For up to kScratchUnits it is always the same. */
  rac_scratch(units: number): number
  /** Returns the address of the last route. */
  rac_route(): number
  /** Routes a text frame that starts with the `length` units in the scratch area. Returns the route's kind. */
  rac_event_frame(runtime: number, connection: number, length: number): number
  /**
   * Routes a text frame that starts like an earlier one with a known route, whose plan is `plan`. Returns the route's
   * kind, and writes nothing.
   */
  rac_event_again(runtime: number, connection: number, plan: number, version: number): number
  /**
   * Routes a text frame of `total` units, whose first `length` units are in the scratch area. Returns the route's kind.
   */
  rac_text_frame(runtime: number, connection: number, length: number, total: number, wall: number, now: number): number
  /**
   * Reads the end of a frame with `wantsTail`: `length` units of the scratch area. 1: its last argument is an offset.
   */
  rac_text_tail(runtime: number, length: number): number
  rac_binary_frame(runtime: number, connection: number, now: number): number
  /** Writes a channel's listeners, which `rac_words` points to. Returns their number. */
  rac_plan(runtime: number, plan: number): number
  /** Writes the effects since the last drain, which `rac_words` and `rac_text` point to. Returns their number. */
  rac_drain(runtime: number): number
  rac_words(runtime: number): number
  rac_text(runtime: number): number
  /** 1: there are effects to drain, or the earliest timer has changed since `rac_next_timeout`. */
  rac_is_busy(runtime: number): number
  rac_next_timeout(runtime: number): number
  /** Handles a tick. It uses up the driver's timer, so the earliest timer must be reported again. */
  rac_tick(runtime: number, now: number): void
  rac_connect(runtime: number, nspId: number, now: number): void
  rac_disconnect(runtime: number, nspId: number, now: number): void
  rac_close_namespace(runtime: number, nspId: number, now: number): void
  /** `life`: the number of a raclette::LifecycleEvent. */
  rac_lifecycle(runtime: number, life: number, now: number): void
  rac_transport_paused(runtime: number, connection: number, now: number): void
  /** `wall`: milliseconds since 1970. */
  rac_transport_opened(runtime: number, connection: number, wall: number, now: number): void
  rac_auth_ready(runtime: number, request: number, payload: number, now: number): void
  rac_fetch_done(
    runtime: number,
    fetch: number,
    status: number,
    response: number,
    retryAfter: number,
    commit: number,
    now: number,
  ): void
  rac_fetch_failed(
    runtime: number,
    fetch: number,
    code: number,
    status: number,
    response: number,
    retryAfter: number,
    now: number,
  ): void
  /** Returns the address of the last control call's answer. */
  rac_answer(): number
  /** Answers with a part of a channel's name; `part` is a NamePart. Returns a code. */
  rac_plan_name(runtime: number, plan: number, part: number): number
  /** Creates a query with the QuerySettings in the scratch area. Returns a code; the answer's value is the query. */
  rac_create_query(runtime: number, operation: number): number
  /** Adds a listener for the key of `other`. Returns 0 if `listen` has to. */
  rac_listen(runtime: number, nspId: number, scope: number, other: number, wantsPayload: number): number
  rac_unlisten(runtime: number, nspId: number, listener: number): number
  /** Returns the emit's number (0: nothing to wait for), or -1 if no more emits may wait. */
  rac_emit(
    runtime: number,
    nspId: number,
    payload: number,
    attachments: number,
    bytes: number,
    wantsAck: number,
    isVolatile: number,
    timeout: number,
    retries: number,
    isOrdered: number,
    wall: number,
    now: number,
  ): number
  rac_cancel_emit(runtime: number, emit: number): number
  rac_clear_emits(runtime: number, nspId: number): void
  rac_reply(runtime: number, nspId: number, replyId: number, payload: number, attachments: number): void
  /** Adds a listener for what `other` listens to. Returns 0 if `busListen` has to. */
  rac_bus_listen(runtime: number, other: number, lifetime: number, now: number): number
  rac_bus_unlisten(runtime: number, listener: number): number
  /** `caller`: the number of a raclette::Caller. */
  rac_execute(runtime: number, query: number, body: number, caller: number, now: number): number
  rac_reuse(runtime: number, query: number, now: number): number
  /** Returns the execution that a further one may join, or 0. */
  rac_joined(runtime: number, query: number): number
  /** Uses the QuerySettings in the scratch area. */
  rac_configure_query(runtime: number, query: number, now: number): void
  /** See QueryRetired. `due`: 1 or 0. */
  rac_resume_query(runtime: number, query: number, due: number, seen: number, now: number): void
  rac_abort_query(runtime: number, query: number, now: number): void
  rac_dispose_query(runtime: number, query: number, now: number): void
  /** `order`: from PersistMutation. */
  rac_drop_mutation(runtime: number, order: number, now: number): void
  rac_retry_mutation(runtime: number, order: number, now: number): void
  /** `part`, `reset` and `restoreSessions`: see raclette::Runtime. */
  rac_end_sessions(runtime: number, now: number): void
  rac_reset(runtime: number, discard: number, now: number): void
  rac_restore_sessions(runtime: number, now: number): void
  rac_dispose(runtime: number): void
}

/** What is registered with embind: once per registration, and with texts. */
export interface ControlCalls {
  /** Value: the runtime. */
  createRuntime(options: string, seed: number): Answer
  addPlugin(runtime: number, config: string): Answer
  plugin(runtime: number, pluginKey: string): Answer
  namespace(runtime: number, nsp: string): Answer
  /** Value: the listener, for `rac_unlisten` and `rac_listen`. */
  listen(runtime: number, nspId: number, scope: number, channelKey: string, wantsPayload: number): Answer
  checkEvent(name: string): Answer
  /** Value: the registration, for `rac_unlisten`. */
  refetchOnEvent(runtime: number, query: number, scope: number, channelKey: string): Answer
  /** Value: the listener, for `rac_bus_unlisten` and `rac_bus_listen`. */
  busListen(runtime: number, bus: number, pattern: string, lifetime: number, now: number): Answer
  /** Value: the number of listeners, which `rac_words` points to. */
  busPlan(runtime: number, bus: number, name: string): Answer
  /**
   * Value: the operation's number, shifted past its OperationFlags. Text: its placeholders, each followed by a newline;
   * after a failure, the existing names.
   */
  operation(runtime: number, pluginKey: string, entity: string, name: string): Answer
  setRequest(runtime: number, query: number, path: string, params: string, variant: string): Answer
  /** Value: the execution. */
  restore(runtime: number, query: number, body: number, key: string, now: number): Answer
  transportClosed(runtime: number, connection: number, detail: string, now: number): Answer
  payloadRefused(runtime: number, connection: number, detail: string, now: number): Answer
  authFailed(runtime: number, request: number, detail: string, isTransient: number, now: number): Answer
  connectError(runtime: number, nspId: number, message: string, now: number): Answer
  logTitle(pluginKey: string, title: string): Answer
  logTime(localMs: number): Answer
}
