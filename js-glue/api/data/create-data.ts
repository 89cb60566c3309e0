// $data: the operations of a plugin's config, each a function that creates a query.
import type { Data, Operation, QueryArgs } from "../../types"
import type { Registrations } from "../base/context"
import { isForeign } from "../base/foreign"
import type { QueryRegistry } from "./query-registry"
import type { PluginScope, QueryScope } from "./query-scope"

/** `$data` of one plugin. A call of an unknown name throws an error that lists the existing names. */
export function createData(registry: QueryRegistry, owner: Registrations, plugin: PluginScope): Data {
  const scope: QueryScope = { ...plugin, owner, host: registry }
  const entity = (entityName: string) =>
    named(Object.keys(plugin.config?.data[entityName]?.operations ?? {}), (operation): Operation => {
      return ((args: QueryArgs = {}) => registry.create(scope, entityName, operation, args)) as Operation
    })
  return named(Object.keys(plugin.config?.data ?? {}), entity)
}

/** An object with the members `names`, which creates any other member on access. */
function named<T>(names: string[], make: (name: string) => T): Readonly<Record<string, T>> {
  const members = Object.fromEntries(names.map((name) => [name, make(name)]))
  return new Proxy(Object.freeze(members), {
    get: (target, name) => (isForeign(target, name) ? Reflect.get(target, name) : make(name)),
  })
}
