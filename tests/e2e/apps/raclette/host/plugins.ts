// Loads the app's plugins as a raclette.js host does (generated configs, frontends and widgets), and creates one
// runtime for all of them.
import { createRuntime, type PluginConfig } from "raclette-wasm"
import type { VuePluginApi } from "raclette-wasm/vue"
import type { Component } from "vue"
import { credentials } from "../../credentials"
import notesConfig from "../plugins/pacifico__notes/frontend/generated-config"
import notes from "../plugins/pacifico__notes/frontend/index"
import NotesWidget from "../plugins/pacifico__notes/frontend/widgets/notes/NotesWidget.vue"
import todoConfig from "../plugins/pacifico__todo/frontend/generated-config"
import todo from "../plugins/pacifico__todo/frontend/index"
import OptionsWidget from "../plugins/pacifico__todo/frontend/widgets/options/OptionsWidget.vue"
import TodoWidget from "../plugins/pacifico__todo/frontend/widgets/todo/TodoWidget.vue"
import type { PluginFrontend } from "./frontend"
import { type I18n, i18nOf } from "./i18n"
import { type Store, storeOf } from "./store"

interface Plugin {
  config: PluginConfig
  frontend: PluginFrontend
  widgets: Component[]
}

export const plugins: Plugin[] = [
  { config: todoConfig, frontend: todo, widgets: [TodoWidget, OptionsWidget] },
  { config: notesConfig, frontend: notes, widgets: [NotesWidget] },
]

/** The additions of this host to every plugin's API. `shout` is installed by one of the plugins. */
export interface Hosted {
  $store: Store
  $i18n: I18n
  shout(text: string): string
}

declare module "raclette-wasm" {
  interface Register {
    extend: Hosted
  }
}

export const runtime = await createRuntime({
  plugins: plugins.map(({ config, frontend }) => ({ ...config, data: { ...config.data, ...frontend.data } })),
  auth: credentials,
  eventbus: { whitelist: ["ui/*", "ui_*"] },
})

const { $eventbus, $log, $socket } = runtime
const installed = new Map<string, object>()
for (const { config, frontend } of plugins) {
  const core = { $eventbus, $log, $socket, $store: storeOf("raclette__core") }
  installed.set(config.pluginKey, ((await frontend.install?.({}, core)) as object | undefined) ?? {})
}

/** For `createRaclette`. */
export function extend({ pluginKey }: VuePluginApi): Hosted {
  const $store = storeOf(pluginKey)
  const texts = plugins.find(({ config }) => config.pluginKey === pluginKey)?.frontend.i18n ?? {}
  return { $store, $i18n: i18nOf(texts, $store), ...installed.get(pluginKey) } as Hosted
}
