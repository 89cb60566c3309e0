// $data: makes queries from the operations that the configs name, and leads the core's outcomes to them.
import type { SettledEffect } from "../runtime/effects"
import { check, RacletteError } from "../runtime/errors"
import type { Context, Registrations } from "./context"
import { QueryRunner } from "./query"
import type { Data, Operation, PluginConfig, Query, QueryArgs, RacletteErrorLike } from "./types"

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

/** Milliseconds that a request may take. */
const TIMEOUT = 30000

export interface DataOptions {
  /** Default of the queries' `notify`. */
  notify: boolean
  announce(pluginKey: string, notice: MutationNotice): void
}

/** The queries of one runtime. */
export class QueryRegistry {
  readonly #context: Context
  readonly #options: DataOptions
  readonly #runners = new Map<number, QueryRunner>()

  constructor(context: Context, options: DataOptions) {
    this.#context = context
    this.#options = options
  }

  create(owner: Registrations, plugin: PluginScope, entity: string, operation: string, args: QueryArgs): Query {
    this.#context.checkAlive()
    owner.checkAlive()
    checkArgs(args)
    const { core, runtime } = this.#context
    const shape = core.operation(runtime, plugin.pluginKey, entity, operation)
    const names = shape.text === "" ? "none" : shape.text
    check({ code: shape.code, text: `${entity}.${operation}; there are: ${names}` })
    const {
      useCache = true,
      notify = this.#options.notify,
      refetchOnReconnect = true,
      timeout = TIMEOUT,
    } = args.options ?? {}
    const { value: handle } = check(
      core.createQuery(runtime, shape.operation, useCache, notify, refetchOnReconnect, timeout),
    )
    const target = plugin.config?.data[entity]?.operations[operation]?.target
    const spec = {
      id: args.id || plugin.queryId(entity, operation),
      pluginKey: plugin.pluginKey,
      entity,
      operation,
      shape: {
        hasBody: shape.hasBody,
        placeholders: shape.placeholders.split("\n").filter(Boolean),
        target: typeof target === "function" ? target : undefined,
      },
      args,
    }
    const runner = new QueryRunner(this.#context, handle, spec, () => {
      this.#runners.delete(handle)
      forget()
    })
    const forget = owner.add(() => runner.dispose())
    this.#runners.set(handle, runner)
    if (args.options?.immediate) void runner.execute(undefined)
    return runner.facade()
  }

  init(query: number): RequestInit {
    return this.#runners.get(query)?.init ?? {}
  }

  loading(query: number): void {
    this.#runners.get(query)?.loading()
  }

  settled(effect: SettledEffect, response: unknown): void {
    const runner = this.#runners.get(effect.query)
    const result = runner?.settled(effect, response)
    if (!runner || !result || !effect.announce) return
    const { entity, operation, pluginKey } = runner.spec
    this.#options.announce(pluginKey, noticeOf(entity, operation, result.error))
  }

  /** The runtime is gone. */
  abandon(): void {
    for (const runner of [...this.#runners.values()]) runner.abandon()
    this.#runners.clear()
  }
}

/** The plugin whose $data this is. */
export interface PluginScope {
  pluginKey: string
  config: PluginConfig | undefined
  queryId(entity: string, operation: string): string
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
