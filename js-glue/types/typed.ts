// What a generated config says to the compiler: which entities, operations and channelKeys a plugin has, and which
// item or payload stands behind each. All of it comes from the config's own literals: names of a config that was
// written `as const` are checked, one that was not (`channelKey: string`) takes any.
import type { EntityConfig, PluginConfig } from "./config"
import type { BroadcastPayload } from "./payload"

/**
 * What a user tells of the types that no config knows: as `types` of `createRuntime`, or as its second type argument.
 *
 * @example
 * interface Types {
 *   items: { todo: Todo }
 *   events: { mySuperFancyCustomEvent: { at: number } }
 *   bus: { "ui/addToSnackbar": { message: string } }
 * }
 */
export interface ApiTypes {
  /** An entity's `type` → its item. Default of each: `any`. */
  items?: object
  /**
   * A channelKey → its payload. Goes before what the config says, and adds keys that services emit without a route.
   * Default of a key that the config names: `BroadcastPayload` of the entity's item.
   */
  events?: object
  /** An event of `$eventbus` → its payload. Other names and patterns stay free. Default of each: `any`. */
  bus?: object
}

/** A map that tells nothing. */
export type NoTypes = Record<never, never>

/** A map of any name to `any`: what there is without a config. */
// biome-ignore lint/suspicious/noExplicitAny: what nobody has typed is the user's to know
export type AnyEvents = Record<string, any>

/** Any text, in a union whose literals an editor still offers. */
export type AnyName = string & Record<never, never>

/** What `Events` has behind `Name`, `Other` for a name that it has not; `Given`, where the caller wrote that. */
// biome-ignore lint/suspicious/noExplicitAny: what nobody has typed is the user's to know
export type PayloadOf<Events extends object, Name, Given = never, Other = any> = [Given] extends [never]
  ? Name extends keyof Events
    ? Events[Name]
    : Other
  : NoInfer<Given>

/** One map of `Types`, or `Default` where it is not told. */
export type MapOf<
  Types extends ApiTypes,
  Member extends keyof ApiTypes,
  Default extends object = NoTypes,
> = Types[Member] extends infer Map extends object ? Map : Default

/** The item behind an entity's type. */
export type ItemOf<Types extends ApiTypes, Type> = PayloadOf<MapOf<Types, "items">, Type>

/** The type of an entity: one that does not say it is named after its key. */
export type TypeOf<Entity, Name> = Entity extends { readonly type: infer Type } ? Type : Name

// Of a union of configs, the union of what each says.
type EntityOf<Config extends PluginConfig> = Config extends PluginConfig ? Config["data"][keyof Config["data"]] : never
type KeyInOperation<Operation> = Operation extends { readonly channels: readonly { readonly channelKey: string }[] }
  ? Operation["channels"][number]["channelKey"]
  : never
type KeyInEntity<Entity> = Entity extends EntityConfig
  ? KeyInOperation<Entity["operations"][keyof Entity["operations"]]>
  : never

/** The channelKeys of a plugin; any text where its config names none. */
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

/** The events that a plugin's `$socket` hears, by channelKey: those of its operations, and those that `Types` adds. */
export type EventsOf<Config extends PluginConfig, Types extends ApiTypes = NoTypes> = MapOf<Types, "events"> & {
  [Key in Exclude<ChannelKeyOf<Config>, keyof MapOf<Types, "events">>]: DefaultPayload<Types, TypeBehind<Config, Key>>
}

/** The names of a plugin's entities. */
export type EntityName<Config extends PluginConfig> = Config extends PluginConfig ? keyof Config["data"] : never

/** The config of one entity. */
export type EntityNamed<Config extends PluginConfig, Name> = Config extends PluginConfig
  ? Name extends keyof Config["data"]
    ? Config["data"][Name]
    : never
  : never

/** A plugin that no config speaks of: no entities, any channelKey. */
export interface UnknownPlugin extends PluginConfig {
  readonly data: NoTypes
}

/** The pluginKeys of the configs, which an editor offers; any other text is allowed as well. */
export type PluginKeyOf<Configs extends readonly PluginConfig[]> = Configs[number]["pluginKey"] | AnyName

type ByWideKey<Config extends PluginConfig, Key> = Config extends PluginConfig
  ? Key extends Config["pluginKey"]
    ? Config
    : never
  : never

/** The first of the two that is something. */
type FirstOf<A, B> = [A] extends [never] ? B : A

/** The config behind a pluginKey. A key that is only known as text may be anybody's. */
export type ConfigOf<Configs extends readonly PluginConfig[], Key extends string> = string extends Key
  ? PluginConfig
  : FirstOf<
      Extract<Configs[number], { readonly pluginKey: Key }>,
      FirstOf<ByWideKey<Configs[number], Key>, UnknownPlugin>
    >
