// A user of the package: the folder in which it is installed, its entries in `exports`, and the documents' code blocks
// as the user's files.
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { transform } from "esbuild"
import { inject } from "vitest"
import { root } from "../support/process"

export const folder = inject("folder")
export const installed = join(folder, "node_modules/raclette-wasm")

export interface Entry {
  /** As in `exports`, for example `./inline`. */
  key: string
  /** What a user imports. */
  name: string
  types?: string
  file: string
  /** What `require` gets, where it gets something of its own. */
  commonJs?: { types: string; default: string }
}

const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"))
type Target = string | { require?: Entry["commonJs"]; types: string; default?: string }
export const entries = Object.entries(manifest.exports as Record<string, Target>).map(([key, target]): Entry => {
  const name = join("raclette-wasm", key)
  // What is for TypeScript alone has no other file.
  if (typeof target === "string") return { key, name, file: target }
  const { require: commonJs, types } = target
  return { key, name, types, file: target.default ?? types, ...(commonJs && { commonJs }) }
})

/** The entries that are modules. */
export const modules = entries.filter(({ file }) => file.endsWith(".js"))

/** The first code block of a language in one of the documents. */
export async function codeBlock(document: string, language: string): Promise<string> {
  const text = await readFile(join(root, document), "utf8")
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(text)?.[1]
  if (block === undefined) throw new Error(`${document} has no ${language} block`)
  return block
}

/** Writes files of the user, by their path in the folder. */
export async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** The generated config as it is written. */
export const todoConfig = () => readFile(join(root, "web/src/generated-config.ts"), "utf8")

/** The same as JavaScript. */
export const plainConfig = async () => (await transform(await todoConfig(), { loader: "ts" })).code

/** The README's example for a page, importing `entry`, with the backend at `url`. */
export async function example(url: string, entry = "raclette-wasm"): Promise<string> {
  const code = await codeBlock("README.md", "ts")
  return code
    .replaceAll("http://127.0.0.1:8082", url.replace(/\/$/, ""))
    .replace('from "raclette-wasm"', `from "${entry}"`)
}
