// $data: makes queries from the operations that the configs name, and leads the core's outcomes to them.
import { OPERATION_FLAG_BITS, OperationFlag } from "../../core/core-module"
import { createQuery } from "../../core/link"
import type { SettledEffect } from "../../runtime/effects"
import { PLAIN } from "../../runtime/requests"
import type {
  Data,
  Operation,
  PluginConfig,
  Query,
  QueryArgs,
  QueryOptions,
  RacletteErrorLike,
  StoredMutation,
  Unsubscribe,
} from "../../types"
import { check, messageOf, RacletteError } from "../../types/errors"
import { type Context, Registrations } from "../base/context"
import type { Executing, Execution, QueryHost } from "./execution"
import { failure } from "./failures"
import type { KeptMutations } from "./kept-mutations"
import { changeOf, type OperationSpec, type PluginScope } from "./operation"
import { QueryRunner } from "./query"
import { EntityStore } from "./store"

/** What is said of a mutation that ended, for the snackbar. */
export interface MutationNotice {
  message: string
  color: "success" | "error"
}

const past: Record<string, string> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  deleteHard: "deleted for good",
}

export interface DataOptions {
  /** Default of the queries' `notify`. */
  notify: boolean
  announce(pluginKey: string, notice: MutationNotice): void
  /** Listens on a channel of a plugin. */
  listen(owner: Registrations, pluginKey: string, channelKey: string, heard: (payload: unknown) => void): Unsubscribe
  /** Where mutations wait for the network. */
  kept: KeptMutations
}

/** The queries of one runtime. */
export class QueryRegistry implements QueryHost {
  readonly context: Context
  readonly executions = new Map<number, Execution>()
  readonly #options: DataOptions
  readonly #operations = new Map<string, OperationSpec>()
  readonly #runners = new Map<number, QueryRunner>()
  readonly #store = new EntityStore()
  /** Owns the mutations of earlier runtimes, which belong to no scope. */
  readonly #restored = new Registrations()

  constructor(context: Context, options: DataOptions) {
    this.context = context
    this.#options = options
  }

  create(owner: Registrations, plugin: PluginScope, entity: string, operation: string, args: QueryArgs): Query {
    this.context.checkAlive()
    owner.checkAlive()
    checkArgs(args)
    const runner = this.#make(owner, plugin, entity, operation, args)
    const { live, immediate } = args.options ?? {}
    if (live && runner.operation.change === undefined) this.#follow(owner, plugin, entity, runner)
    if (immediate) void runner.execute(undefined)
    return runner.facade()
  }

  gone({ handle }: Executing): void {
    this.#runners.delete(handle)
    this.context.pump.setRequestOptions(handle, PLAIN)
  }

  /** Makes a mutation again that an earlier runtime kept. What the plugins no longer have is given up, and reported. */
  restore(config: PluginConfig | undefined, stored: StoredMutation): void {
    const { key, pluginKey, entity, operation, params, headers, config: init, options } = stored
    const plugin = { pluginKey, config, queryId: () => `plugin-${pluginKey}-${key}` }
    let runner: QueryRunner | undefined
    try {
      const args = { params: JSON.parse(params), config: { ...init, headers }, options }
      runner = this.#make(this.#restored, plugin, entity, operation, args)
      void runner.restore(key).then(() => runner?.dispose())
    } catch (cause) {
      const error =
        cause instanceof RacletteError ? cause : new RacletteError("STORAGE_FAILED", messageOf(cause), { cause })
      runner?.dispose()
      this.#options.kept.forget(key)
      this.context.report(error, pluginKey)
      this.#options.announce(pluginKey, noticeOf(entity, operation, error))
    }
  }

  /** A mutation waits for the network. */
  keep(query: number, execution: number, order: number, key: string): void {
    const runner = this.#runners.get(query)
    if (runner) this.#options.kept.keep(key, order, runner.stored(execution))
  }

  #make(owner: Registrations, plugin: PluginScope, entity: string, operation: string, args: QueryArgs): QueryRunner {
    const spec = this.#operation(plugin, entity, operation)
    const handle = this.#query(spec.handle, args.options ?? {})
    const runner = new QueryRunner(this, owner, plugin, spec, handle, args)
    this.#runners.set(handle, runner)
    return runner
  }

  /** The operation, which is asked of the core once. */
  #operation({ pluginKey, config }: PluginScope, entity: string, operation: string): OperationSpec {
    const key = `${pluginKey}\n${entity}\n${operation}`
    const known = this.#operations.get(key)
    if (known) return known
    const { code, value, text } = this.context.core.operation(this.context.runtime, pluginKey, entity, operation)
    check({ code, text: `${entity}.${operation}; there are: ${text === "" ? "none" : text}` })
    const { type = entity, operations } = config?.data[entity] ?? {}
    const { target, method = "" } = operations?.[operation] ?? {}
    const spec: OperationSpec = {
      handle: value >>> OPERATION_FLAG_BITS,
      pluginKey,
      entity,
      type: this.#store.type(`${pluginKey}\n${type}`),
      operation,
      change: value & OperationFlag.isRead ? undefined : changeOf(method),
      shape: {
        hasBody: (value & OperationFlag.hasBody) !== 0,
        placeholders: text.split("\n").filter(Boolean),
        target: typeof target === "function" ? target : undefined,
      },
    }
    this.#operations.set(key, spec)
    return spec
  }

  /** Makes the query in the core. */
  #query(operation: number, options: QueryOptions): number {
    const { core, runtime } = this.context
    const settings = {
      ...options,
      useCache: (options.useCache ?? true) && options.responseType !== "stream",
      notify: options.notify ?? this.#options.notify,
    }
    return check(createQuery(core, runtime, operation, settings)).value
  }

  /** The query hears the events of its entity, on every channel that the config lists for it. */
  #follow(owner: Registrations, plugin: PluginScope, entity: string, runner: QueryRunner): void {
    const operations = Object.values(plugin.config?.data[entity]?.operations ?? {})
    const keys = new Set(operations.flatMap(({ channels = [] }) => channels.map(({ channelKey }) => channelKey)))
    for (const key of keys)
      runner.onDispose(this.#options.listen(owner, plugin.pluginKey, key, (event) => runner.heard(event)))
  }

  loading(query: number, execution: number): void {
    this.#runners.get(query)?.loading(execution)
  }

  settled(effect: SettledEffect, response: unknown): void {
    const runner = this.#runners.get(effect.query)
    const result = runner?.settled(effect, response)
    // Who was told of the result may have ended the runtime.
    if (!runner || !result || !effect.announce || this.context.pump.disposed) return
    const { entity, operation, pluginKey } = runner.operation
    this.#options.announce(pluginKey, noticeOf(entity, operation, result.error))
  }

  /** The runtime is gone. */
  abandon(): void {
    for (const runner of [...this.#runners.values()]) runner.abandon()
    this.#runners.clear()
    for (const { resolve } of this.executions.values()) resolve(failure(new RacletteError("DISPOSED", "the runtime")))
    this.executions.clear()
  }
}

function noticeOf(entity: string, operation: string, error: RacletteErrorLike | undefined): MutationNotice {
  const done = past[operation]
  if (!error) return { message: done ? `${entity} ${done}` : `${entity}: ${operation} succeeded`, color: "success" }
  const what = done ? `${entity} could not be ${done}` : `${entity}: ${operation} failed`
  return { message: `${what}: ${error.message}`, color: "error" }
}

function checkArgs(args: unknown): void {
  if (typeof args === "object" && args !== null && !Array.isArray(args)) return
  throw new RacletteError("BAD_ARGUMENT", "an operation takes an object: { params, options, config, id }")
}

/** `$data` of one plugin. A name that no config has throws when it is called, with the names that exist. */
export function createData(registry: QueryRegistry, owner: Registrations, plugin: PluginScope): Data {
  const entity = (entityName: string) =>
    named(Object.keys(plugin.config?.data[entityName]?.operations ?? {}), (operation): Operation => {
      return ((args: QueryArgs = {}) => registry.create(owner, plugin, entityName, operation, args)) as Operation
    })
  return named(Object.keys(plugin.config?.data ?? {}), entity)
}

/** An object with the members `names`, which makes any other member as well when it is asked for. */
function named<T>(names: string[], make: (name: string) => T): Readonly<Record<string, T>> {
  const members = Object.fromEntries(names.map((name) => [name, make(name)]))
  return new Proxy(Object.freeze(members), {
    get(target, name) {
      if (typeof name === "symbol" || name === "then") return undefined
      return Object.hasOwn(target, name) ? target[name] : make(name)
    },
  })
}
