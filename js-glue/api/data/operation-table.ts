// The operations of one runtime. Combines what the core and the config know of each, on first use.
import { OPERATION_FLAG_BITS, OperationFlag } from "../../core/core-module"
import type { EntityConfig } from "../../types"
import { check } from "../../types/errors"
import type { Context } from "../base/context"
import { EntityStore } from "./entity-store"
import type { Keys, ListRules } from "./item"
import { changeOf, type OperationSpec } from "./operation"
import type { PluginScope } from "./query-scope"

/** Defaults of createRuntime for all entities. */
export interface EntityDefaults extends Keys, ListRules {}

export class OperationTable {
  readonly #context: Context
  readonly #defaults: EntityDefaults
  readonly #operations = new Map<string, OperationSpec>()
  readonly #store: EntityStore

  /** `defaults`: for entities whose config does not override them. */
  constructor(context: Context, defaults: EntityDefaults) {
    this.#context = context
    this.#defaults = defaults
    this.#store = new EntityStore(context.pump.clock)
  }

  /** Forgets all items. */
  clear(): void {
    this.#store.clear()
  }

  /** Throws `UNKNOWN_ENTITY` or `UNKNOWN_OPERATION`, with the names that exist. */
  find(plugin: PluginScope, entity: string, operation: string): OperationSpec {
    const key = `${plugin.pluginKey}\n${entity}\n${operation}`
    const known = this.#operations.get(key)
    if (known) return known
    const spec = this.#make(plugin, entity, operation)
    this.#operations.set(key, spec)
    return spec
  }

  #make({ pluginKey, config }: PluginScope, entity: string, operation: string): OperationSpec {
    const { core, runtime } = this.#context
    const { code, value, text } = core.operation(runtime, pluginKey, entity, operation)
    check({ code, text: `${entity}.${operation}; there are: ${text === "" ? "none" : text}` })
    const ofEntity: Partial<EntityConfig> = config?.data[entity] ?? {}
    const { type, operations, idKey = this.#defaults.idKey, versionKey = this.#defaults.versionKey } = ofEntity
    const { match = this.#defaults.match, sort = this.#defaults.sort } = ofEntity as ListRules
    const { target, method = "", storeActionType } = operations?.[operation] ?? {}
    return {
      handle: value >>> OPERATION_FLAG_BITS,
      pluginKey,
      entity,
      type: this.#store.type([pluginKey, type ?? entity, idKey, versionKey].join("\n"), { idKey, versionKey }),
      operation,
      change: value & OperationFlag.isRead ? undefined : changeOf(method, storeActionType),
      shape: {
        hasBody: (value & OperationFlag.hasBody) !== 0,
        placeholders: text.split("\n").filter(Boolean),
        item: typeof target === "string" ? itemIn(target) : undefined,
        target: typeof target === "function" ? target : undefined,
      },
      isOffline: ofEntity.offlineMode === true,
      rules: { match, sort },
    }
  }
}

/** The placeholder in the last segment of a target. */
function itemIn(target: string): string | undefined {
  const segments = target.replace(/[?#].*/s, "").split("/")
  const [, colon, braces] = /:(\w+)|\{([^}]+)\}/.exec(segments.filter(Boolean).pop() ?? "") ?? []
  return colon ?? braces
}
