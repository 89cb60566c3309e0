// The plugin's frontend in raclette.js' form: its texts, additions to its own API, and hand-written data without
// routes of its own.
import { defineRaclettePluginFrontend } from "@raclettejs/core/frontend"

export default defineRaclettePluginFrontend({
  install: async (_installApi, corePluginApi) => {
    corePluginApi.$log.info("The todo plugin is there")
    return { shout: (text: string) => `${text.toUpperCase()}!` }
  },
  i18n: {
    de: { title: "Aufgaben" },
    en: { title: "Todos" },
  },
  data: {
    noteFeed: {
      operations: {
        getAll: { target: "/note/all", method: "GET", broadcast: true },
      },
    },
  },
})
