// Types derived from generated configs: the entities, operations and channelKeys of a plugin, and their items and payloads.
// Names of a config that is written `as const` are checked; otherwise (`channelKey: string`) any name is allowed.
import type { EntityConfig, PluginConfig } from "./config"
import type { BroadcastPayload } from "./payload"

/**
 * Types that configs do not contain: pass them as `types` or as second type argument of `createRuntime`.
 *
 * @example
 * interface Types {
 *   items: { todo: Todo }
 *   events: { mySuperFancyCustomEvent: { at: number } }
 *   bus: { "ui/addToSnackbar": { message: string } }
 * }
 */
export interface ApiTypes {
  /** Maps an entity's `type` to its item. Default: `any`. */
  items?: object
  /**
   * Maps a channelKey to its payload. Overrides the config, and adds keys that are not in it. Default for keys of the config:
   * `BroadcastPayload` of the entity's item.
   */
  events?: object
  /** Maps an event of `$eventbus` to its payload. Other names and patterns are allowed. Default: `any`. */
  bus?: object
}

/** An empty map. */
export type NoTypes = Record<never, never>

/** Maps any name to `any`. Used without a config. */
// biome-ignore lint/suspicious/noExplicitAny: what nobody has typed is the user's to know
export type AnyEvents = Record<string, any>

/** Any string. In a union, editors still suggest the literals. */
export type AnyName = string & Record<never, never>

/** `Given` if the caller set it, else the payload of `Name` in `Events`, else `Other`. */
// biome-ignore lint/suspicious/noExplicitAny: what nobody has typed is the user's to know
export type PayloadOf<Events extends object, Name, Given = never, Other = any> = [Given] extends [never]
  ? Name extends keyof Events
    ? Events[Name]
    : Other
  : NoInfer<Given>

/** One map of `Types`, or `Default`. */
export type MapOf<
  Types extends ApiTypes,
  Member extends keyof ApiTypes,
  Default extends object = NoTypes,
> = Types[Member] extends infer Map extends object ? Map : Default

/** The item of an entity type. */
export type ItemOf<Types extends ApiTypes, Type> = PayloadOf<MapOf<Types, "items">, Type>

/** The type of an entity. Default: its name. */
export type TypeOf<Entity, Name> = Entity extends { readonly type: infer Type } ? Type : Name

// These distribute over unions of configs.
type EntityOf<Config extends PluginConfig> = Config extends PluginConfig ? Config["data"][keyof Config["data"]] : never
type KeyInOperation<Operation> = Operation extends { readonly channels: readonly { readonly channelKey: string }[] }
  ? Operation["channels"][number]["channelKey"]
  : never
type KeyInEntity<Entity> = Entity extends EntityConfig
  ? KeyInOperation<Entity["operations"][keyof Entity["operations"]]>
  : never

/** The channelKeys of a plugin; any string if its config has none. */
export type ChannelKeyOf<Config extends PluginConfig> = Config extends PluginConfig
  ? [KeyInEntity<EntityOf<Config>>] extends [never]
    ? string
    : KeyInEntity<EntityOf<Config>>
  : never

type TypeBehind<Config extends PluginConfig, Key> = Config extends PluginConfig
  ? {
      [Name in keyof Config["data"]]: Key extends KeyInEntity<Config["data"][Name]>
        ? TypeOf<Config["data"][Name], Name>
        : never
    }[keyof Config["data"]]
  : never
type DefaultPayload<Types extends ApiTypes, Type> = [Type] extends [never]
  ? // biome-ignore lint/suspicious/noExplicitAny: no operation says what this channel carries
    any
  : BroadcastPayload<ItemOf<Types, Type>>

/** The events of a plugin's `$socket` by channelKey: those of its operations, and those in `Types`. */
export type EventsOf<Config extends PluginConfig, Types extends ApiTypes = NoTypes> = MapOf<Types, "events"> & {
  [Key in Exclude<ChannelKeyOf<Config>, keyof MapOf<Types, "events">>]: DefaultPayload<Types, TypeBehind<Config, Key>>
}

/** Names of a plugin's entities. */
export type EntityName<Config extends PluginConfig> = Config extends PluginConfig ? keyof Config["data"] : never

/** The config of one entity. */
export type EntityNamed<Config extends PluginConfig, Name> = Config extends PluginConfig
  ? Name extends keyof Config["data"]
    ? Config["data"][Name]
    : never
  : never

/** A plugin without a config: no entities, any channelKey. */
export interface UnknownPlugin extends PluginConfig {
  readonly data: NoTypes
}

/** A pluginKey. Editors suggest those of the configs. */
export type PluginKeyOf<Configs extends readonly PluginConfig[]> = Configs[number]["pluginKey"] | AnyName

type ByWideKey<Config extends PluginConfig, Key> = Config extends PluginConfig
  ? Key extends Config["pluginKey"]
    ? Config
    : never
  : never

/** `A`, or `B` if `A` is never. */
type FirstOf<A, B> = [A] extends [never] ? B : A

/** The config of a pluginKey. A plain string may be any key. */
export type ConfigOf<Configs extends readonly PluginConfig[], Key extends string> = string extends Key
  ? PluginConfig
  : FirstOf<
      Extract<Configs[number], { readonly pluginKey: Key }>,
      FirstOf<ByWideKey<Configs[number], Key>, UnknownPlugin>
    >
