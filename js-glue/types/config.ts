// The generated config, as a backend writes it. Read-only throughout, so that one written `as const` fits: its
// literals are what the compiler knows of the plugin.

/** Generated config of one plugin. Write it `as const`, and keys, entities, operations and channelKeys are checked. */
export interface PluginConfig {
  readonly pluginName: string
  readonly author: string
  /** What `usePluginApi` takes, for example `pacifico__todo`. Unique in a runtime. */
  readonly pluginKey: string
  /** Stands before every target. Default: empty. */
  readonly routePrefix?: string
  /** Of raclette.js' generated configs, and no business of the runtime. */
  readonly pluginPath?: string
  /** As `pluginPath`. */
  readonly useCore?: boolean
  /** As `pluginPath`: how the backend's entities are named here. */
  readonly entityMapping?: Readonly<Record<string, string>>
  /** Entities by their name. */
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

/** One operation: how it is asked for, and what is sent to everybody when it succeeded. */
export interface OperationConfig {
  /** A path with `:name` or `{name}` placeholders, or a function of the params that returns a path. */
  // biome-ignore lint/suspicious/noExplicitAny: params are the operation's own
  readonly target: string | ((params: any) => string)
  /** An HTTP method, in either case. */
  readonly method: string
  /** What the backend emits after the operation. Default: nothing. */
  readonly channels?: readonly ChannelConfig[]
  /** Of raclette.js, and no business of the runtime: the backend tells what it tells, and `channels` says what is heard. */
  readonly broadcast?: boolean
  /**
   * What it does: `dataRead` reads, `dataCreate` creates, `dataUpdate`, `dataMove` and `dataRestore` change, `dataDelete`
   * and `dataHardDelete` delete. Default, and for any other: GET and HEAD read, POST creates, DELETE deletes, PUT and PATCH
   * change.
   */
  readonly storeActionType?: string
}

/** One channel that an operation is told on. */
export interface ChannelConfig {
  /** The event's name on the wire, for example `plugin_pacifico__todo--todoCreated`. */
  readonly channel: string
  /** What `$socket.on` takes, for example `todoCreated`. */
  readonly channelKey: string
  /** What stands before the key, for example `plugin_pacifico__todo`. */
  readonly prefix: string
}
