// The adapters with each supported framework version. They are bundled from the sources, so that a bundle contains one
// copy of the framework. Types are those of the newest version.
import type * as reactAdapter from "../../js-glue/adapters/react"
import type * as vueAdapter from "../../js-glue/adapters/vue"
import { importBundled } from "./bundled"

export interface VueBundle {
  vue: typeof import("vue")
  server: typeof import("vue/server-renderer")
  adapter: typeof vueAdapter
}

export interface PiniaBundle extends VueBundle {
  pinia: typeof import("pinia")
}

export interface ReactBundle {
  react: typeof import("react")
  dom: typeof import("react-dom")
  client: typeof import("react-dom/client")
  server: typeof import("react-dom/server")
  adapter: typeof reactAdapter
}

/** Versions of Vue, by package name. */
export const vueVersions = ["vue", "vue-3.3"] as const

/** Versions of React, by the suffix of their package names. */
export const reactVersions = ["", "-18"] as const

const vueParts = {
  vue: "vue/dist/vue.esm-bundler.js",
  server: "vue/server-renderer",
  adapter: "./js-glue/adapters/vue/index.ts",
}

export function loadVue(version: (typeof vueVersions)[number]): Promise<VueBundle> {
  return load(version, vueParts, version === "vue" ? {} : { vue: version })
}

export function loadPinia(): Promise<PiniaBundle> {
  return load("pinia", { ...vueParts, pinia: "pinia" }, {})
}

export function loadReact(suffix: (typeof reactVersions)[number]): Promise<ReactBundle> {
  const parts = {
    react: "react",
    dom: "react-dom",
    client: "react-dom/client",
    server: "react-dom/server.browser",
    adapter: "./js-glue/adapters/react/index.ts",
  }
  const alias: Record<string, string> =
    suffix === "" ? {} : { react: `react${suffix}`, "react-dom": `react-dom${suffix}` }
  return load(`react${suffix}`, parts, alias)
}

const loaded = new Map<string, Promise<unknown>>()

/** A module that exports all parts by name, built once. */
function load<T>(name: string, parts: Record<string, string>, alias: Record<string, string>): Promise<T> {
  const known = loaded.get(name) ?? make(name, parts, alias)
  loaded.set(name, known)
  return known as Promise<T>
}

function make(name: string, parts: Record<string, string>, alias: Record<string, string>): Promise<unknown> {
  const code = Object.entries(parts).map(
    ([part, from]) => `import * as ${part} from ${JSON.stringify(from)}\nexport { ${part} }`,
  )
  return importBundled(name, code.join("\n"), {
    conditions: ["import", "module"],
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
    alias,
  })
}
