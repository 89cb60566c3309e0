// What one plugin's code works with, and what usePluginApi takes.
import type { PluginConfig } from "./config"
import type { EventBus } from "./eventbus"
import type { Log } from "./log"
import type { Data } from "./query"
import type { Socket } from "./socket"
import type { AnyEvents, AnyName, ApiTypes, EventsOf, MapOf, NoTypes } from "./typed"

/**
 * What a plugin's code works with: a scope that owns all that is registered through it.
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
   * Ends the scope: its listeners, queries and waits go, and nothing of it fires any more; what was sent stays sent.
   * Later calls throw `DISPOSED`. Parts that were handed in are somebody else's, and stay.
   */
  dispose(): void
}

/** The parts of an API that can be handed in. */
export interface PluginApiParts {
  /** Another plugin's `$data`, for example. */
  readonly $data?: object | undefined
  // biome-ignore lint/suspicious/noExplicitAny: a socket of any channels
  readonly $socket?: { on(channelKey: any, listener: any): unknown } | undefined
  // biome-ignore lint/suspicious/noExplicitAny: a bus of any events
  readonly $eventbus?: { on(pattern: any, listener: any): unknown; emit(event: any): unknown } | undefined
  /** Its context also stands on what the scope reports by itself, such as a listener that threw. */
  readonly $log?: Log | undefined
}

/** Argument of `usePluginApi` in its long form; what is given replaces what the scope would make. */
export interface PluginApiOptions<Key extends string = string> extends PluginApiParts {
  readonly pluginKey: Key | AnyName
  /** Query ids become `plugin-<pluginKey>-<actionId>-<random>`, with the `id` of a query in the place of the random text. */
  readonly actionId?: string | undefined
}

/**
 * Argument of the adapters' `usePluginApi` in its long form, also as raclette.js has it: `true` is the API's own part, as it is
 * without a word, and `false` none.
 */
export type PluginApiParams = {
  readonly [Name in keyof PluginApiParts]?: PluginApiParts[Name] | boolean
} & {
  /** Default: the plugin whose code it is. */
  readonly pluginKey?: string | undefined
  /** As of {@link PluginApiOptions}. */
  readonly actionId?: string | undefined
  /** Of what the host adds. */
  readonly $store?: boolean | undefined
  readonly $i18n?: boolean | undefined
}

/** `Api` with the parts that `Given` hands in. */
export type WithParts<Api extends object, Given> = [PartsIn<Given>] extends [never]
  ? Api
  : Omit<Api, PartsIn<Given>> & { readonly [Name in PartsIn<Given>]: Given[Name] }

/** Which parts `Given` hands in. */
type PartsIn<Given> = {
  [Name in keyof Given & keyof PluginApiParts]: undefined extends Given[Name] ? never : Name
}[keyof Given & keyof PluginApiParts]
