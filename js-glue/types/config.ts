// The types of generated configs. All members are read-only, so a config written `as const` fits: the compiler takes names
// from its literals.

/** Generated config of one plugin. Write it `as const` to have keys, entities, operations and channelKeys checked. */
export interface PluginConfig {
  readonly pluginName: string
  readonly author: string
  /** Argument of `usePluginApi`, for example `pacifico__todo`. Unique within a runtime. */
  readonly pluginKey: string
  /** Prefix of every target. Default: empty. */
  readonly routePrefix?: string
  /** Part of raclette.js' generated configs. The runtime ignores it. */
  readonly pluginPath?: string
  /** Ignored, like `pluginPath`. */
  readonly useCore?: boolean
  /** Ignored, like `pluginPath`. */
  readonly entityMapping?: Readonly<Record<string, string>>
  /** Entities by name. */
  readonly data: Readonly<Record<string, EntityConfig>>
}

/** One entity of a plugin, with its operations. These comments are also a table of docs/data.md. */
export interface EntityConfig {
  /** Queries of one type share their items. `items` in the `types` of createRuntime uses this name. Default: the entity's name. */
  readonly type?: string
  /** Operations by their name. */
  readonly operations: Readonly<Record<string, OperationConfig>>
  /** Mutations wait for the network, in order and across a reload, instead of failing without it. Default: false. */
  readonly offlineMode?: boolean
  /** The field that identifies an item, by a text or a number. Default: `idKey` of createRuntime, else `_id`, else `id`. */
  readonly idKey?: string
  /** The field with an item's version. Default: `versionKey` of createRuntime, else `updatedAt`. */
  readonly versionKey?: string
  /** Decides whether an item belongs to a list, for queries without `match`. Default: `match` of createRuntime. */
  // biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
  readonly match?: (item: any, params: Record<string, unknown>) => unknown
  /** The order of lists, for queries without `sort`. Default: `sort` of createRuntime. */
  // biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
  readonly sort?: (a: any, b: any) => number
}

/** One operation: its request, and the events that the backend emits after it. */
export interface OperationConfig {
  /** Path with `:name` or `{name}` placeholders, or a function that returns a path for the params. */
  // biome-ignore lint/suspicious/noExplicitAny: params are the operation's own
  readonly target: string | ((params: any) => string)
  /** HTTP method, in upper or lower case. */
  readonly method: string
  /** Events that the backend emits after the operation. Default: none. */
  readonly channels?: readonly ChannelConfig[]
  /** Part of raclette.js' configs. The runtime ignores it: `channels` alone counts. */
  readonly broadcast?: boolean
  /**
   * What the operation does: `dataRead` reads, `dataCreate` creates, `dataUpdate`, `dataMove` and `dataRestore` update,
   * `dataDelete` and `dataHardDelete` delete. For any other value, and by default, the method decides: GET and HEAD read,
   * POST creates, DELETE deletes, PUT and PATCH update.
   */
  readonly storeActionType?: string
}

/** One event of an operation. */
export interface ChannelConfig {
  /** Event name on the wire, for example `plugin_pacifico__todo--todoCreated`. */
  readonly channel: string
  /** Argument of `$socket.on`, for example `todoCreated`. */
  readonly channelKey: string
  /** Part of the name before the key, for example `plugin_pacifico__todo`. */
  readonly prefix: string
}
