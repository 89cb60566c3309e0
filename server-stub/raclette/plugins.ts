// Finds the plugins: every folder with an index (`.ts`, or `.js` once it is compiled) that exports one. They come in the
// order of their folders' names, so that what is generated from them stays the same.
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { pluginKey } from "./broadcast"
import type { RaclettePlugin } from "./types"

/** The plugins of a folder, whose URL ends with a slash. Throws, with the folder's name, where an index exports none. */
export async function loadPlugins(folder: URL): Promise<RaclettePlugin[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(names.sort().map((name) => loadPlugin(indexOf(new URL(`${name}/`, folder)))))
}

function indexOf(folder: URL): URL {
  const compiled = new URL("index.js", folder)
  return existsSync(compiled) ? compiled : new URL("index.ts", folder)
}

async function loadPlugin(index: URL): Promise<RaclettePlugin> {
  const { default: plugin } = (await import(index.href)) as { default?: RaclettePlugin }
  if (!plugin?.name || !plugin.author || typeof plugin.register !== "function") {
    throw new Error(`${index.pathname} exports no plugin: its default export needs name, author and register`)
  }
  return plugin
}

/** Throws if two plugins have one key: their channels could not be told apart. */
export function checkKeys(plugins: RaclettePlugin[]): void {
  const keys = plugins.map(pluginKey)
  const twice = keys.find((key, i) => keys.indexOf(key) !== i)
  if (twice) throw new Error(`Two plugins have the key ${twice}: change the name or the author of one`)
}
