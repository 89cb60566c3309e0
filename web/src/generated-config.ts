// Generated from the backend's routes by `npm run config`. Do not edit: change the routes instead.
export default {
  pluginName: "todo",
  author: "pacifico",
  pluginKey: "pacifico__todo",
  routePrefix: "",
  entityMapping: {
    todo: "todo",
  },
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
          target: "/todo/:_id",
          method: "get",
          storeActionType: "dataRead",
        },
        create: {
          target: "/todo",
          method: "post",
          storeActionType: "dataCreate",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoCreated",
              channelKey: "todoCreated",
              prefix: "plugin_pacifico__todo",
            },
            {
              channel: "plugin_pacifico__todo--mySuperFancyCustomEvent",
              channelKey: "mySuperFancyCustomEvent",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
        update: {
          target: "/todo/:_id",
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
          target: "/todo/:_id",
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
          target: "/todo/:_id/hard",
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
        restore: {
          target: "/todo/:_id/restore",
          method: "post",
          storeActionType: "dataRestore",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoRestored",
              channelKey: "todoRestored",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
      },
    },
  },
} as const
