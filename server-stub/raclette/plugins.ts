// Finds the plugins: every folder with an index (`.ts`, or `.js` once it is compiled) that exports one. They come in the
// order of their folders' names, so that what is generated from them stays the same. raclette.js keeps the index in `backend`
// or `server`, exports what registers the plugin, and names the folder by author and name.
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { pluginKey } from "./broadcast"
import type { PluginEntry, RaclettePlugin } from "./types"

/** The plugins of a folder, whose URL ends with a slash. Throws, with the folder's name, where an index exports none. */
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
    const wanted = "its default export needs name, author and register, or is a function (fastify, options)"
    throw new Error(`${index.pathname} exports no plugin: ${wanted}`)
  }
  return plugin
}

/** Author and name of a plugin that is a function alone. */
function nameOf(folder: string, index: URL): { author: string; name: string } {
  const [, author, name] = /^(.+?)__(.+)$/.exec(folder) ?? []
  if (author && name) return { author, name }
  const wanted = "name its folder <author>__<name>, or export { name, author, register }"
  throw new Error(`${index.pathname} exports a function, which does not say whose it is: ${wanted}`)
}

/** Throws if two plugins have one key: their channels could not be told apart. */
export function checkKeys(plugins: RaclettePlugin[]): void {
  const keys = plugins.map(pluginKey)
  const twice = keys.find((key, i) => keys.indexOf(key) !== i)
  if (twice) throw new Error(`Two plugins have the key ${twice}: change the name or the author of one`)
}
