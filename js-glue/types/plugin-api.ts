// The API of one plugin, and the arguments of usePluginApi.
import type { PluginConfig } from "./config"
import type { EventBus } from "./eventbus"
import type { Log } from "./log"
import type { Data } from "./query"
import type { Socket } from "./socket"
import type { AnyEvents, AnyName, ApiTypes, EventsOf, MapOf, NoTypes } from "./typed"

/**
 * The API of one plugin. It is a scope: it owns everything that is registered through it.
 *
 * @example
 * function useTodos({ $data, $socket }: PluginApi<typeof todoConfig, { items: { todo: Todo } }>) { … }
 */
export interface PluginApi<Config extends PluginConfig = PluginConfig, Types extends ApiTypes = NoTypes> {
  readonly pluginKey: string
  readonly $data: Data<Config, Types>
  readonly $socket: Socket<EventsOf<Config, Types>>
  readonly $eventbus: EventBus<MapOf<Types, "bus", AnyEvents>>
  readonly $log: Log
  /**
   * Ends the scope: removes its listeners, queries and waits. What was sent stays sent. Later calls throw `DISPOSED`. Parts
   * that were passed in are not disposed of.
   */
  dispose(): void
}

/** Parts of an API that can be passed in. */
export interface PluginApiParts {
  /** Another plugin's `$data`, for example. */
  readonly $data?: object | undefined
  // biome-ignore lint/suspicious/noExplicitAny: a socket of any channels
  readonly $socket?: { on(channelKey: any, listener: any): unknown } | undefined
  // biome-ignore lint/suspicious/noExplicitAny: a bus of any events
  readonly $eventbus?: { on(pattern: any, listener: any): unknown; emit(event: any): unknown } | undefined
  /** Its context also prefixes errors of the scope, such as a listener that threw. */
  readonly $log?: Log | undefined
}

/** Options of `usePluginApi`. Parts that are passed in replace those of the scope. */
export interface PluginApiOptions<Key extends string = string> extends PluginApiParts {
  readonly pluginKey: Key | AnyName
  /** Query ids become `plugin-<pluginKey>-<actionId>-<random>`. The `id` of a query replaces `<random>`. */
  readonly actionId?: string | undefined
}

/**
 * Options of the adapters' `usePluginApi`. As in raclette.js, `true` means the API's own part, which is the default, and `false`
 * means no part.
 */
export type PluginApiParams = {
  readonly [Name in keyof PluginApiParts]?: PluginApiParts[Name] | boolean
} & {
  /** Default: the plugin that the component belongs to. */
  readonly pluginKey?: string | undefined
  /** See {@link PluginApiOptions}. */
  readonly actionId?: string | undefined
  /** `false` removes a member that the app adds. */
  readonly $store?: boolean | undefined
  readonly $i18n?: boolean | undefined
}

/** `Api` with the parts in `Given`. */
export type WithParts<Api extends object, Given> = [PartsIn<Given>] extends [never]
  ? Api
  : Omit<Api, PartsIn<Given>> & { readonly [Name in PartsIn<Given>]: Given[Name] }

/** Names of the parts in `Given`. */
type PartsIn<Given> = {
  [Name in keyof Given & keyof PluginApiParts]: undefined extends Given[Name] ? never : Name
}[keyof Given & keyof PluginApiParts]
