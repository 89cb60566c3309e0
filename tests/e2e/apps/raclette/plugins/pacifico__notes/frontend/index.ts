// The notes' frontend: its texts, of which one language lacks some.
import { defineRaclettePluginFrontend } from "@raclettejs/core/frontend"

export default defineRaclettePluginFrontend({
  i18n: {
    de: { title: "Notizen" },
    en: { title: "Notes", others: "open todos" },
  },
})
