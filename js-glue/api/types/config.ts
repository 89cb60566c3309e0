// The generated config, as a backend writes it.

/** Generated config of one plugin, as the backend writes it. */
export interface PluginConfig {
  pluginName: string
  author: string
  pluginKey: string
  routePrefix?: string
  data: Record<string, EntityConfig>
}

export interface EntityConfig {
  type: string
  operations: Record<string, OperationConfig>
  /** Mutations wait for the network, in their order and across a reload, instead of failing without it. Default: false. */
  offlineMode?: boolean
}

export interface OperationConfig {
  /** A path with `:name` or `{name}` placeholders, or a function of the params that returns a path. */
  // biome-ignore lint/suspicious/noExplicitAny: params are the operation's own
  target: string | ((params: any) => string)
  /** An HTTP method, in either case. */
  method: string
  channels?: { channel: string; channelKey: string; prefix: string }[]
  storeActionType?: string
}
