// The frontend of the notes plugin: its texts, some of them only in one language.
import { defineRaclettePluginFrontend } from "@raclettejs/core/frontend"

export default defineRaclettePluginFrontend({
  i18n: {
    de: { title: "Notizen" },
    en: { title: "Notes", others: "open todos" },
  },
})
