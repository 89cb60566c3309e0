// The plugin's frontend, in the form of raclette.js: its texts, what it adds to its own API, and data that no route of its
// own is behind, written by hand.
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
