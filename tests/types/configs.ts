// Configs of the type tests: a generated one, a second plugin, and one without `as const`.
import type { PluginConfig } from "raclette-wasm"
import todoConfig from "../../web/src/generated-config"

export { todoConfig }

const channel = <const Key extends string>(channelKey: Key) => ({
  channel: `x--${channelKey}`,
  channelKey,
  prefix: "x",
})

/** Has its own channel, and one with the same key as a channel of the todo plugin. */
export const shopConfig = {
  pluginName: "shop",
  author: "acme",
  pluginKey: "acme__shop",
  data: {
    order: {
      type: "order",
      operations: {
        place: { target: "/order", method: "post", channels: [channel("orderPlaced"), channel("todoCreated")] },
        list: { target: (params: { page: number }) => `/order/${params.page}`, method: "get" },
      },
    },
  },
} as const

/** Has an entity without a type, named after its key, and one with another name. */
export const keyedConfig = {
  pluginName: "keyed",
  author: "acme",
  pluginKey: "acme__keyed",
  data: {
    order: {
      operations: {
        search: { target: "/order/search", method: "post", storeActionType: "dataRead" },
        place: { target: "/order", method: "post", channels: [channel("placed"), channel("both")] },
      },
    },
    task: {
      type: "todo",
      operations: { add: { target: "/task", method: "post", channels: [channel("added"), channel("both")] } },
    },
  },
} as const

/** Without `as const`: only the names of members are literal. */
export const wideConfig = {
  pluginName: "wide",
  author: "acme",
  pluginKey: "acme__wide",
  data: {
    note: {
      type: "note",
      operations: {
        add: { target: "/note", method: "post", channels: [{ channel: "x--noted", channelKey: "noted", prefix: "x" }] },
      },
    },
  },
}

/** A config from `fetch`, for example. */
export const looseConfig: PluginConfig = wideConfig

export interface Todo {
  _id: string
  name: string
}

export interface Order {
  _id: string
  total: number
}

export interface Custom {
  at: number
}

/** The types that a user declares because no config contains them. */
export interface Types {
  items: { todo: Todo; order: Order }
  events: { mySuperFancyCustomEvent: Custom; serviceTick: number }
  bus: { "ui/addToSnackbar": { message: string }; "cart/changed": number }
}
