// The executions of queries that users started, from start to result.
import { Caller } from "../../core/core-module"
import type { KeptAnswer } from "../../runtime/values"
import type { ExecuteResult, QueryArgs } from "../../types"
import { RacletteError } from "../../types/errors"
import type { Context } from "../base/context"
import { failure } from "./failures"
import type { Item } from "./item"
import type { OperationSpec, Wanted } from "./operation"
import { optimisticPatches } from "./optimistic"
import type { Params } from "./params"
import type { Reading } from "./turns"
import type { Patch } from "./view"

/** A query, as its executions see it. */
export interface Executing {
  /** The query's number in the core. */
  readonly handle: number
  readonly operation: OperationSpec
  readonly args: QueryArgs<Item>
  /** The params of the request that the core has. */
  readonly params: { readonly current: Params; readonly body: string | undefined }
  /** How its requests are made. */
  readonly wanted: Pick<Wanted, "body" | "headers"> | undefined
  /** Number of its executions in flight. */
  waiting: number
  /** When an execution was last refused without a request. Executions that began earlier are not shown. */
  readonly refusedAt: number
  /** An execution has begun. */
  began(execution: Execution): void
  /** A cached answer is used. Returns the result. */
  reused(response: KeptAnswer): ExecuteResult<Item>
}

/** One execution. */
export interface Execution {
  readonly query: Executing
  readonly params: Params
  /** The logical time at which it began. */
  readonly began: number
  /** Whether an earlier runtime stored it. It may have been done before anything that this runtime knows. */
  readonly isRestored: boolean
  readonly headers: Wanted["headers"]
  /** Whether it sends a body instead of params. */
  readonly upload: boolean
  /** Its optimistic changes. */
  readonly patches: readonly Patch[]
  /** The reading that it belongs to, if a list is read page by page. */
  readonly reading: Reading | undefined
  readonly result: Promise<ExecuteResult<Item>>
  /** Number of calls that share it. */
  calls: number
  resolve(result: ExecuteResult<Item>): void
}

/** Options of an execution. */
export interface Begin {
  reading?: Reading | undefined
  key?: string | undefined
  upload?: RequestInit["body"]
}

const NONE: readonly Patch[] = []

/** Tells the core who executes, and which part of the list the request is for. */
function callerOf(reading: Reading | undefined, followsEvent: boolean): Caller {
  if (reading && (reading.adds || reading.reach > 0)) return reading.adds ? Caller.next : Caller.rest
  return followsEvent ? Caller.event : Caller.user
}

export class Executions {
  readonly #context: Context
  /** By the core's number. */
  readonly #underWay = new Map<number, Execution>()

  constructor(context: Context) {
    this.#context = context
  }

  /**
   * Executes the request that the core has, or uses a cached answer. Equal calls during a request get the same promise.
   * `key`: the key of a stored mutation of an earlier runtime. `upload`: a body to send instead of params. Resolves
   * with the result; for a reading, with the whole result.
   */
  begin(query: Executing, { reading, key, upload = query.wanted?.body }: Begin = {}): Promise<ExecuteResult<Item>> {
    const { core, runtime, pump } = this.#context
    const { handle, operation, params, args } = query
    const isShared = !reading && !operation.change
    const joined = isShared && query.waiting > 0 && this.#join(query)
    if (joined) return joined
    // The clock is read once: reading it takes longer than the call of the core.
    const now = pump.now()
    const response = isShared ? core.rac_reuse(runtime, handle, now) : 0
    if (response !== 0) return Promise.resolve(query.reused(pump.responses.get(response) as KeptAnswer))
    let resolve!: Execution["resolve"]
    const result = new Promise<ExecuteResult<Item>>((settle) => {
      resolve = settle
    })
    const { current, body } = params
    // A body contains no item, but the user's `optimistic` function may create one.
    const isSilent = upload && args.options?.optimistic === true
    const patches = isSilent ? NONE : optimisticPatches(this.#context, operation, args, current, body)
    pump.enter((now) => {
      const sent = upload || (operation.change && body !== undefined)
      const payload = sent ? pump.payloads.add({ text: body ?? "", attachments: [], upload }) : 0
      const number =
        key === undefined
          ? core.rac_execute(runtime, handle, payload, callerOf(reading, pump.followsEvent), now)
          : core.restore(runtime, handle, payload, key, now).value
      // User code that ran for the request may have disposed of the query or the runtime.
      if (number === 0) {
        const isGone = query.handle === 0 || pump.disposed
        resolve(failure(isGone ? new RacletteError("DISPOSED", "the query") : new RacletteError("BUFFER_FULL")))
        return
      }
      const { headers = [] } = query.wanted ?? {}
      const began = pump.clock.next()
      const made = { query, params: current, headers, upload: !!upload, began, isRestored: key !== undefined }
      const execution = { ...made, patches, reading, resolve, result, calls: 1 }
      this.#underWay.set(number, execution)
      query.waiting++
      query.began(execution)
    }, now)
    return result
  }

  /** The result of the execution in flight that a further one would only repeat. */
  #join({ handle, refusedAt }: Executing): Execution["result"] | undefined {
    const { core, runtime } = this.#context
    const execution = this.#underWay.get(core.rac_joined(runtime, handle))
    if (!execution || execution.began < refusedAt) return undefined
    execution.calls++
    return execution.result
  }

  find(number: number): Execution | undefined {
    return this.#underWay.get(number)
  }

  /** Removes an execution that has ended. Returns undefined for one that no user started. */
  settle(number: number): Execution | undefined {
    const execution = this.#underWay.get(number)
    if (execution && this.#underWay.delete(number)) execution.query.waiting--
    return execution
  }

  /** Aborts all executions of a query. `isGone`: the query is disposed of; its mutations continue. */
  end({ handle }: Executing, isGone: boolean): void {
    const { core, runtime, pump } = this.#context
    pump.abortStreams(handle)
    if (pump.disposed) return
    pump.enter((now) =>
      isGone ? core.rac_dispose_query(runtime, handle, now) : core.rac_abort_query(runtime, handle, now),
    )
  }

  /** Resolves queued mutations of a disposed query with `DISPOSED`: without a network they may wait for days. */
  leave(query: Executing): void {
    if (!query.operation.isOffline) return
    const waits = failure(new RacletteError("DISPOSED", "the query; its mutation still waits for the network"))
    for (const [number, execution] of this.#underWay) {
      if (execution.query !== query) continue
      query.operation.type.ended(number)
      execution.resolve(waits)
    }
  }

  /** The runtime is disposed of. */
  abandon(): void {
    for (const { resolve } of this.#underWay.values()) resolve(failure(new RacletteError("DISPOSED", "the runtime")))
    this.#underWay.clear()
  }
}
