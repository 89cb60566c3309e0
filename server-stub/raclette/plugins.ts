// Loads the plugins: one per folder, from its index (`.ts`, or `.js` once compiled), sorted by folder name so that
// generated configs are stable. As in raclette.js, the index may also be in `backend` or `server`, and may export just
// a function if the folder is named `<author>__<name>`.
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { pluginKey } from "./broadcast"
import type { PluginEntry, RaclettePlugin } from "./types"

/** Loads the plugins of a folder. Its URL must end with a slash. Throws if an index exports no plugin. */
export async function loadPlugins(folder: URL): Promise<RaclettePlugin[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(names.sort().map((name) => loadPlugin(name, indexOf(new URL(`${name}/`, folder)))))
}

function indexOf(folder: URL): URL {
  const places = ["index", "backend/index", "server/index"].flatMap((place) => [`${place}.js`, `${place}.ts`])
  const found = places.map((place) => new URL(place, folder)).find((place) => existsSync(place))
  return found ?? new URL("index.ts", folder)
}

async function loadPlugin(folder: string, index: URL): Promise<RaclettePlugin> {
  const { default: plugin } = (await import(index.href)) as { default?: RaclettePlugin | PluginEntry }
  if (typeof plugin === "function") return { ...nameOf(folder, index), register: plugin }
  if (!plugin?.name || !plugin.author || typeof plugin.register !== "function") {
    const expected = "export { name, author, register } or a function (fastify, options) as its default"
    throw new Error(`${index.pathname} exports no plugin: ${expected}`)
  }
  return plugin
}

/** Author and name of a plugin that exports a function, from its folder's name. */
function nameOf(folder: string, index: URL): { author: string; name: string } {
  const [, author, name] = /^(.+?)__(.+)$/.exec(folder) ?? []
  if (author && name) return { author, name }
  const expected = "name its folder <author>__<name>, or export { name, author, register }"
  throw new Error(`${index.pathname} exports a function, but its folder's name has no author: ${expected}`)
}

/** Throws if two plugins have the same key, since their channels would have the same names. */
export function checkKeys(plugins: RaclettePlugin[]): void {
  const keys = plugins.map(pluginKey)
  const twice = keys.find((key, i) => keys.indexOf(key) !== i)
  if (twice) throw new Error(`Two plugins have the key ${twice}: change the name or author of one of them`)
}
