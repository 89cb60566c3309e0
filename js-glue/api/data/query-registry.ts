// The queries of one runtime. Creates them, passes the core's outcomes to them, and holds them until nothing of them is
// in flight.
import { configureQuery, createQuery } from "../../core/link"
import type { PersistEffect, SettledEffect } from "../../runtime/effects"
import { PLAIN } from "../../runtime/requests"
import type { PluginConfig, Query, QueryArgs, StoredMutation, Unsubscribe } from "../../types"
import { check, messageOf, RacletteError } from "../../types/errors"
import { type Context, Registrations } from "../base/context"
import { Executions } from "./executions"
import { answerError } from "./failures"
import { LiveQuery } from "./live-query"
import type { MutationQueue } from "./mutation-queue"
import { type MutationNotice, noticeOf } from "./notices"
import { type EntityDefaults, OperationTable } from "./operation-table"
import { outcomeOf } from "./outcome"
import { facadeOf } from "./query-facade"
import { QueryRunner } from "./query-runner"
import type { Placed, QueryHost, QueryScope, Retired } from "./query-scope"

export interface DataOptions {
  /** Default of the queries' `notify`. */
  notify: boolean
  announce(pluginKey: string, notice: MutationNotice): void
  /** Listens to a channel of a plugin. */
  listen(owner: Registrations, pluginKey: string, channelKey: string, listener: (payload: unknown) => void): Unsubscribe
  /** Defaults for entities whose config does not override them. */
  entities: EntityDefaults
  mutations: MutationQueue
}

export class QueryRegistry implements QueryHost {
  readonly context: Context
  readonly executions: Executions
  readonly #options: DataOptions
  readonly #operations: OperationTable
  readonly #runners = new Map<number, QueryRunner>()
  /** Owner of stored mutations of earlier runtimes, which belong to no scope. */
  readonly #restored = new Registrations()
  /** The logical time of the last change of user. */
  #since = 0
  /** Whether executions of the previous user are being ended. */
  #isEnding = false

  constructor(context: Context, options: DataOptions) {
    this.context = context
    this.#options = options
    this.executions = new Executions(context)
    this.#operations = new OperationTable(context, options.entities)
  }

  get notify(): boolean {
    return this.#options.notify
  }

  create(scope: QueryScope, entity: string, operation: string, args: QueryArgs): Query {
    this.context.checkAlive()
    scope.owner.checkAlive()
    checkArgs(args)
    const runner = this.#make(scope, entity, operation, args)
    const { live, immediate, refetchOnEvent } = args.options ?? {}
    if (runner.operation.change === undefined) {
      const keys = live || refetchOnEvent ? this.#keysOf(scope, entity) : []
      if (live) this.#follow(scope, keys, runner)
      if (refetchOnEvent) this.#refetchOn(scope, refetchOnEvent === true ? keys : refetchOnEvent, runner)
    }
    if (immediate) void runner.execute(undefined)
    return facadeOf(runner)
  }

  enter(query: QueryRunner): number {
    const { core, runtime } = this.context
    const { value } = check(createQuery(core, runtime, query.operation.handle, query.settings))
    this.#runners.set(value, query)
    return value
  }

  resume({ handle }: Placed, { due, seen }: Retired): void {
    const { core, runtime, pump } = this.context
    core.rac_resume_query(runtime, handle, Number(due), seen, pump.now())
  }

  configure(query: Placed): void {
    const { core, runtime, pump } = this.context
    pump.enter((now) => configureQuery(core, runtime, query.handle, query.settings, now))
  }

  /** The core has removed a query's entry. */
  retired(query: number, retired: Retired): void {
    this.#runners.get(query)?.retire(retired)
  }

  gone({ handle }: Placed): void {
    this.#runners.delete(handle)
    this.context.pump.setRequestOptions(handle, PLAIN)
  }

  /** Queues a stored mutation again. If the plugins no longer have its operation, it is dropped and reported. */
  restore(config: PluginConfig | undefined, stored: StoredMutation): void {
    const { key, pluginKey, entity, operation, params, headers, config: init, options } = stored
    const queryId = () => `plugin-${pluginKey}-${key}`
    const scope = { host: this, owner: this.#restored, pluginKey, config, queryId }
    let runner: QueryRunner | undefined
    try {
      const args = { params: JSON.parse(params), config: { ...init, headers }, options }
      runner = this.#make(scope, entity, operation, args)
      void runner.restore(key).then(() => runner?.dispose())
    } catch (cause) {
      const error = lostError(stored, cause)
      runner?.dispose()
      this.#options.mutations.forget(key)
      this.context.report(error, pluginKey)
      this.#options.announce(pluginKey, noticeOf(entity, operation, error))
    }
  }

  /** A mutation waits for the network. One with a body is not stored. */
  keep({ query, execution, order, key, tries, code, status }: PersistEffect, response: unknown): void {
    const { mutations } = this.#options
    const mutation = mutations.has(key) ? undefined : this.#runners.get(query)?.stored(execution)
    if (mutation) mutations.keep(key, order, mutation)
    mutations.tried(key, order, tries, code === "OK" ? undefined : answerError({ code, status }, response))
  }

  loading(query: number, execution: number, quiet: boolean): void {
    this.#runners.get(query)?.loading(execution, quiet)
  }

  settled(effect: SettledEffect, response: unknown, began: number): void {
    const runner = this.#runners.get(effect.query)
    if (runner && this.#isLeft(effect.execution)) {
      this.#settledLate(runner, effect, response)
      return
    }
    const result = runner?.settled(effect, response, began)
    if (!runner || !result || !effect.announce) return
    const { entity, operation, pluginKey } = runner.operation
    this.context.pump.call(() => this.#options.announce(pluginKey, noticeOf(entity, operation, result.error)))
  }

  /** The user has changed. Forgets all requests and items. `discard`: also drops stored mutations. */
  clear(discard: boolean): void {
    const { core, runtime, pump } = this.context
    this.#since = pump.clock.next()
    this.#isEnding = true
    pump.enter((now) => {
      core.rac_reset(runtime, Number(discard), now)
      this.#operations.clear()
    })
    this.#isEnding = false
  }

  /** Executes the reads in use for the current user. */
  refresh(): void {
    for (const runner of [...this.#runners.values()]) {
      const { operation, params, isInUse } = runner
      if (operation.change === undefined && params.isKnown && isInUse) void runner.execute(undefined)
    }
  }

  /** The runtime is disposed of. */
  abandon(): void {
    for (const runner of [...this.#runners.values()]) runner.abandon()
    this.#runners.clear()
    this.executions.abandon()
  }

  /** Whether an execution began for the previous user. */
  #isLeft(execution: number): boolean {
    const began = this.executions.find(execution)?.began
    return began === undefined ? this.#isEnding : began < this.#since
  }

  /** Reports the result only to the caller that waits for it. */
  #settledLate(runner: QueryRunner, effect: SettledEffect, response: unknown): void {
    const result = outcomeOf(runner, effect, response)
    this.executions.settle(effect.execution)?.resolve(result)
    runner.left(result)
  }

  #make(scope: QueryScope, entity: string, operation: string, args: QueryArgs): QueryRunner {
    return new QueryRunner(scope, this.#operations.find(scope, entity, operation), args)
  }

  /** The keys of all channels that the config lists for an entity. */
  #keysOf({ config }: QueryScope, entity: string): readonly string[] {
    const operations = Object.values(config?.data[entity]?.operations ?? {})
    return [...new Set(operations.flatMap(({ channels = [] }) => channels.map(({ channelKey }) => channelKey)))]
  }

  /** Lets the core refetch the query at these events. */
  #refetchOn({ pluginKey }: QueryScope, keys: readonly string[], runner: QueryRunner): void {
    const { core, runtime } = this.context
    const plugin = core.plugin(runtime, pluginKey).value
    runner.enter()
    for (const key of keys) {
      const { value } = check(core.refetchOnEvent(runtime, runner.handle, plugin, key))
      runner.onDispose(() => core.rac_unlisten(runtime, 0, value))
    }
  }

  /** Lets the query follow these events. */
  #follow({ owner, pluginKey }: QueryScope, keys: readonly string[], runner: QueryRunner): void {
    const live = new LiveQuery(runner)
    for (const key of keys)
      runner.onDispose(this.#options.listen(owner, pluginKey, key, (event) => live.onEvent(event)))
  }
}

/** The error for a stored mutation that can no longer be sent. It holds all that is left of the mutation. */
function lostError(stored: StoredMutation, cause: unknown): RacletteError {
  const { key, pluginKey, entity, operation, params } = stored
  const code = cause instanceof RacletteError ? cause.code : "STORAGE_FAILED"
  const message = `${pluginKey}: ${entity}.${operation} with ${params} was queued and cannot be sent any more`
  const details = { key, pluginKey, entity, operation, params }
  return new RacletteError(code, `${message}: ${messageOf(cause)}`, { cause, details })
}

function checkArgs(args: unknown): void {
  if (typeof args === "object" && args !== null && !Array.isArray(args)) return
  throw new RacletteError("BAD_ARGUMENT", "an operation takes an object { params, options, config, id }")
}
