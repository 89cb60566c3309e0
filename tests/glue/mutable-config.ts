// The harness' todo config with a channel for each mutation, as a backend generates it.
import { todoConfig } from "./harness"

const channel = (channelKey: string) => ({
  channel: `plugin_pacifico__todo--${channelKey}`,
  channelKey,
  prefix: "plugin_pacifico__todo",
})

export const mutableConfig = {
  ...todoConfig,
  data: {
    todo: {
      type: "todo",
      operations: {
        ...todoConfig.data.todo?.operations,
        create: { target: "/todo", method: "post", channels: [channel("todoCreated")] },
        update: { target: "/todo/:_id", method: "patch", channels: [channel("todoUpdated")] },
        delete: { target: "/todo/:_id", method: "delete", channels: [channel("todoDeleted")] },
      },
    },
  },
}

/** The same config with `offlineMode`: mutations wait for the network. */
export const offlineConfig = {
  ...mutableConfig,
  data: { todo: { ...mutableConfig.data.todo, offlineMode: true } },
}
