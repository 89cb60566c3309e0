// Auto-generated frontend configuration for plugin: pacifico__notes
// This file is generated from backend routes - do not edit manually
// Entity mapping: {"note":"note"}

export default {
  pluginName: "notes",
  author: "pacifico",
  pluginKey: "pacifico__notes",
  routePrefix: "",
  pluginPath: "/app/src/raclette-plugins/pacifico__notes",
  data: {
    note: {
      type: "note",
      operations: {
        getAll: {
          target: "/note/all",
          method: "get",
          storeActionType: "dataRead",
        },
        create: {
          target: "/note",
          method: "post",
          storeActionType: "dataCreate",
          channels: [
            {
              channel: "plugin_pacifico__notes--noteCreated",
              channelKey: "noteCreated",
              prefix: "plugin_pacifico__notes",
            },
          ],
        },
        archive: {
          target: (payload) => `/note/${payload._id}/archive`,
          method: "post",
          storeActionType: "dataUpdate",
          channels: [
            {
              channel: "plugin_pacifico__notes--noteArchived",
              channelKey: "noteArchived",
              prefix: "plugin_pacifico__notes",
            },
          ],
        },
      },
    },
  },
}
