// Auto-generated frontend configuration for plugin: pacifico__todo
// This file is generated from backend routes - do not edit manually
// Entity mapping: {"todo":"todo"}

export default {
  pluginName: "todo",
  author: "pacifico",
  pluginKey: "pacifico__todo",
  routePrefix: "",
  pluginPath: "/app/src/raclette-plugins/pacifico__todo",
  useCore: true,
  data: {
    todo: {
      type: "todo",
      operations: {
        getAll: {
          target: "/todo/all",
          method: "get",
          storeActionType: "dataRead",
        },
        get: {
          target: (payload) => `/todo/${payload._id}`,
          method: "get",
          storeActionType: "dataRead",
        },
        create: {
          target: "/todo",
          method: "post",
          broadcast: true,
          storeActionType: "dataCreate",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoCreated",
              channelKey: "todoCreated",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
        update: {
          target: (payload) => `/todo/${payload._id}`,
          method: "patch",
          storeActionType: "dataUpdate",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoUpdated",
              channelKey: "todoUpdated",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
        delete: {
          target: (payload) => `/todo/${payload._id}`,
          method: "delete",
          storeActionType: "dataDelete",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoDeleted",
              channelKey: "todoDeleted",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
        deleteHard: {
          target: (payload) => `/todo/${payload._id}/hard`,
          method: "delete",
          storeActionType: "dataHardDelete",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoDeleted",
              channelKey: "todoDeleted",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
      },
    },
  },
}
