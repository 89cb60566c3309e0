// The executions that users of queries started, from start to result.
import { Caller } from "../../core/core-module"
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

/** A query, as far as its executions are concerned. */
export interface Executing {
  /** The core's number of it. */
  readonly handle: number
  readonly operation: OperationSpec
  readonly args: QueryArgs<Item>
  /** What the core was told. */
  readonly params: { readonly current: Params; readonly body: string | undefined }
  /** How its requests are made. */
  readonly wanted: Pick<Wanted, "body" | "headers"> | undefined
  /** So many of its executions are under way. */
  waiting: number
  /** One of them began. */
  began(execution: Execution): void
  /** The answer was there already. Returns the result. */
  reused(response: unknown): ExecuteResult<Item>
}

/** What belongs to one execution. */
export interface Execution {
  readonly query: Executing
  readonly params: Params
  /** The moment in which it began. */
  readonly began: number
  /** An earlier runtime kept it: it may have been done before anything that this one knows. */
  readonly isRestored: boolean
  readonly headers: Wanted["headers"]
  /** What is sent is a body, not params. */
  readonly upload: boolean
  /** What it assumes. */
  readonly patches: readonly Patch[]
  /** It is part of reading a list page by page. */
  readonly reading: Reading | undefined
  resolve(result: ExecuteResult<Item>): void
}

/** What is special about an execution. */
export interface Begin {
  reading?: Reading | undefined
  key?: string | undefined
  upload?: RequestInit["body"]
}

const NONE: readonly Patch[] = []

/** For the core: who executes, and for which part of what shows. */
function callerOf(reading: Reading | undefined, followsEvent: boolean): Caller {
  if (reading && reading.reach > 0) return reading.adds ? Caller.next : Caller.rest
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
   * Executes what the core was told, or takes the answer that is there already. `key`: of a mutation that an earlier
   * runtime kept. `upload`: what is sent instead of params. Resolves with the result, of a reading with that of the whole.
   */
  begin(query: Executing, { reading, key, upload = query.wanted?.body }: Begin = {}): Promise<ExecuteResult<Item>> {
    const { core, runtime, pump } = this.#context
    const { handle, operation, params, args } = query
    // The clock is asked once: that takes longer than the core.
    const now = pump.now()
    const response = reading || operation.change ? 0 : core.rac_reuse(runtime, handle, now)
    if (response !== 0) return Promise.resolve(query.reused(pump.response(response)))
    return new Promise((resolve) => {
      const { current, body } = params
      // A body says nothing of an item, but the user's function may.
      const isSilent = upload && args.options?.optimistic === true
      const patches = isSilent ? NONE : optimisticPatches(this.#context, operation, args, current, body)
      pump.enter((now) => {
        const sent = upload || (operation.change && body !== undefined)
        const payload = sent ? pump.payloads.add({ text: body ?? "", attachments: [], upload }) : 0
        const number =
          key === undefined
            ? core.rac_execute(runtime, handle, payload, callerOf(reading, pump.followsEvent), now)
            : core.restore(runtime, handle, payload, key, now).value
        // The user's code that was asked for what is sent may have ended the query, or the runtime.
        if (number === 0) {
          const isGone = query.handle === 0 || pump.disposed
          resolve(failure(isGone ? new RacletteError("DISPOSED", "the query") : new RacletteError("BUFFER_FULL")))
          return
        }
        const { headers = [] } = query.wanted ?? {}
        const began = pump.clock.next()
        const made = { query, params: current, headers, upload: !!upload, began, isRestored: key !== undefined }
        const execution = { ...made, patches, reading, resolve }
        this.#underWay.set(number, execution)
        query.waiting++
        query.began(execution)
      }, now)
    })
  }

  find(number: number): Execution | undefined {
    return this.#underWay.get(number)
  }

  /** Takes one out that is over; undefined for one that no user began. */
  settle(number: number): Execution | undefined {
    const execution = this.#underWay.get(number)
    if (execution && this.#underWay.delete(number)) execution.query.waiting--
    return execution
  }

  /** Ends all of a query's; `isGone`: but for mutations, which end as they end. */
  end({ handle }: Executing, isGone: boolean): void {
    const { core, runtime, pump } = this.#context
    pump.abortStreams(handle)
    if (pump.disposed) return
    pump.enter((now) =>
      isGone ? core.rac_dispose_query(runtime, handle, now) : core.rac_abort_query(runtime, handle, now),
    )
  }

  /** Who waits for what is left of a query that is gone learns no more where that may take days, for want of a network. */
  leave(query: Executing): void {
    if (!query.operation.isOffline) return
    const waits = failure(new RacletteError("DISPOSED", "the query; its mutation still waits for the network"))
    for (const [number, execution] of this.#underWay) {
      if (execution.query !== query) continue
      query.operation.type.ended(number)
      execution.resolve(waits)
    }
  }

  /** The runtime is gone. */
  abandon(): void {
    for (const { resolve } of this.#underWay.values()) resolve(failure(new RacletteError("DISPOSED", "the runtime")))
    this.#underWay.clear()
  }
}
