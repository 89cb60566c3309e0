// One query or mutation as its user sees it: refs, and the functions that drive it. The state machine is the core's;
// here its outcomes become values.

import type { SettledEffect } from "../runtime/effects"
import { check, type ErrorCode, messageOf, RacletteError } from "../runtime/errors"
import type { Context } from "./context"
import { byId, itemsOf } from "./items"
import { type OperationShape, type Params, type RequestParts, splitParams } from "./params"
import { batch, state } from "./refs"
import type { ExecuteResult, Query, QueryArgs, QueryInfo, RacletteErrorLike } from "./types"

type Item = Record<string, unknown>

/** What a query is of, fixed when it is made. */
export interface QuerySpec {
  id: string
  pluginKey: string
  entity: string
  operation: string
  shape: OperationShape
  args: QueryArgs<Item>
}

export class QueryRunner {
  readonly spec: QuerySpec
  readonly init: RequestInit
  readonly handle: number
  readonly #context: Context
  readonly #onDispose: () => void
  readonly #executions = new Map<number, (result: ExecuteResult<Item>) => void>()
  readonly #data = state<Record<string, Item>>({})
  readonly #dataArr = state<Item[]>([])
  readonly #response = state<unknown>(undefined)
  readonly #query: ReturnType<typeof state<QueryInfo>>
  readonly #isLoading = state(false)
  readonly #error = state<RacletteErrorLike | undefined>(undefined)
  #request: { parts: RequestParts; bodyText: string | undefined } | undefined
  #disposed = false

  constructor(context: Context, handle: number, spec: QuerySpec, onDispose: () => void) {
    this.#context = context
    this.handle = handle
    this.spec = spec
    this.init = spec.args.config ?? {}
    this.#onDispose = onDispose
    this.#query = state<QueryInfo>(this.#info(spec.args.params ?? {}))
  }

  /** What the user gets. */
  facade(): Query<Item> {
    return {
      data: this.#data.ref,
      dataArr: this.#dataArr.ref,
      response: this.#response.ref,
      query: this.#query.ref,
      isLoading: this.#isLoading.ref,
      error: this.#error.ref,
      execute: (params) => this.execute(params),
      abort: () => this.#enter((now) => this.#context.core._rac_abort_query(this.#context.runtime, this.handle, now)),
      dispose: () => this.dispose(),
    }
  }

  execute(params: Params | undefined): Promise<ExecuteResult<Item>> {
    if (this.#disposed || this.#context.pump.disposed)
      return Promise.resolve(failure(new RacletteError("DISPOSED", "the query")))
    try {
      if (params !== undefined || !this.#request) this.#prepare({ ...this.spec.args.params, ...params })
    } catch (thrown) {
      return Promise.resolve(this.#refused(thrown))
    }
    return new Promise((resolve) => {
      this.#enter((now) => {
        const execution = this.#context.core._rac_execute(this.#context.runtime, this.handle, this.#bodyHandle(), now)
        this.#executions.set(execution, resolve)
      })
    })
  }

  /** The core has an execution under way. */
  loading(): void {
    this.#isLoading.set(true)
  }

  /** The core settled an execution, ours or one that it began itself. */
  settled(effect: SettledEffect, response: unknown): ExecuteResult<Item> {
    const error = effect.code === "OK" ? undefined : answerError(effect, response)
    const result: ExecuteResult<Item> = { response, result: error ? undefined : itemsOf(response), error }
    this.#context.guard(
      () =>
        batch(() => {
          if (effect.apply) this.#show(result)
          this.#isLoading.set(effect.loading)
        }),
      "a subscriber of a query",
    )
    const resolve = this.#executions.get(effect.execution)
    this.#executions.delete(effect.execution)
    resolve?.(result)
    const { cb } = this.spec.args.options ?? {}
    if (cb) this.#context.guard(() => cb(result), "options.cb")
    return result
  }

  dispose(): void {
    if (this.#disposed) return
    this.#enter((now) => this.#context.core._rac_dispose_query(this.#context.runtime, this.handle, now))
    this.#disposed = true
    this.#onDispose()
  }

  /** The runtime is gone: nothing is left to wait for. */
  abandon(): void {
    this.#disposed = true
    for (const resolve of this.#executions.values()) resolve(failure(new RacletteError("DISPOSED", "the runtime")))
    this.#executions.clear()
  }

  #enter(call: (now: number) => void): void {
    if (!this.#disposed && !this.#context.pump.disposed) this.#context.pump.enter(call)
  }

  #info(params: Params): QueryInfo {
    return { id: this.spec.id, entity: this.spec.entity, operation: this.spec.operation, params }
  }

  /** Tells the core what the next executions ask for. */
  #prepare(params: Params): void {
    const parts = splitParams(this.spec.shape, params)
    const { core, runtime } = this.#context
    check(core.setRequest(runtime, this.handle, parts.path, parts.params, this.#variant()))
    this.#request = { parts, bodyText: parts.body && JSON.stringify(parts.body) }
    this.#query.set(this.#info(params))
  }

  /** Reads with another `config` are not shared; a signal is one user's own. */
  #variant(): string {
    const { headers, signal, ...rest } = this.init
    if (signal) return this.spec.id
    if (!this.spec.args.config) return ""
    return JSON.stringify([rest, [...new Headers(headers)]])
  }

  #bodyHandle(): number {
    const text = this.#request?.bodyText
    return text === undefined ? 0 : this.#context.pump.payloads.add({ text, attachments: [] })
  }

  #show({ response, result, error }: ExecuteResult<Item>): void {
    this.#error.set(error)
    if (error) return
    this.#response.set(response)
    if (this.spec.args.options?.useStore === false || !result) return
    this.#dataArr.set(result)
    this.#data.set(byId(result))
  }

  /** The request could not even be built. */
  #refused(thrown: unknown): ExecuteResult<Item> {
    const error =
      thrown instanceof RacletteError
        ? thrown
        : new RacletteError("BAD_ARGUMENT", `params: ${messageOf(thrown)}`, { cause: thrown })
    this.#context.guard(() => this.#error.set(error), "a subscriber of a query")
    const result = failure(error)
    const { cb } = this.spec.args.options ?? {}
    if (cb) this.#context.guard(() => cb(result), "options.cb")
    return result
  }
}

function failure(error: RacletteError): ExecuteResult<Item> {
  return { response: undefined, result: undefined, error }
}

/** The error of a failed execution: the server's own message where it sent one, and what it sent. */
function answerError({ code, status }: { code: ErrorCode; status: number }, body: unknown): RacletteError {
  const details: Record<string, unknown> = {}
  if (status > 0) details.status = status
  if (body !== undefined) details.body = body
  return new RacletteError(code, [status || "", serverMessage(body)].filter(Boolean).join(": "), { details })
}

function serverMessage(body: unknown): string {
  if (typeof body === "string") return body
  const message = (body as { message?: unknown } | undefined | null)?.message
  return typeof message === "string" ? message : ""
}
