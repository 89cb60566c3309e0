// Bugs planted in the package, each by a replacement in one source file, to show that the simulator finds them. Each is
// built into its own bundle in build/simulate, apart from the package.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build, type Plugin } from "esbuild"
import { root } from "./product"

export interface Planted {
  name: string
  /** The source file, and the text to replace in it. */
  file: string
  from: string
  to: string
}

export const PLANTED: readonly Planted[] = [
  {
    name: "a mutation that is over stays in the storage",
    file: "js-glue/api/data/persisted-mutations.ts",
    from: "(storage) => storage.remove(key)",
    to: "async (_: unknown) => {}",
  },
  {
    name: "an optimistic change that failed stays",
    file: "js-glue/api/data/store.ts",
    from: "if (!patch.answer) this.#drop(patch)",
    to: "patch.answer ??= { hasItem: false, news: { kind: 'mutation', began: 0, at: 0 } } as never",
  },
  {
    name: "a read that was under way undoes an event",
    file: "js-glue/api/data/recent-changes.ts",
    from: "return this.#changes.filter(({ at }) => at > began)",
    to: "return began < 0 ? this.#changes : NONE",
  },
  {
    name: "an older event replaces what is newer",
    file: "js-glue/api/data/verdict.ts",
    from: 'if (kind === "event") return isOlder ? "keep" : "take"',
    to: 'if (kind === "event") return "take"',
  },
  {
    name: "the next page begins one item too late",
    file: "js-glue/api/data/pages.ts",
    from: "return (Number(offset) || 0) + shown",
    to: "return (Number(offset) || 0) + shown + (shown > 0 ? 1 : 0)",
  },
  {
    name: "another user's lists stay",
    file: "js-glue/api/data/store.ts",
    from: "for (const view of this.views) view.clear()",
    to: "",
  },
  {
    name: "pages do not take turns to renew a token",
    file: "js-glue/drivers/page-locks.ts",
    from: "return locks && ((what)",
    to: "return name !== '' ? undefined : locks && ((what)",
  },
]

/** Builds the package with a planted bug. Returns the folder. Throws if the text to replace no longer exists. */
export async function plant({ name, file, from, to }: Planted): Promise<URL> {
  const folder = new URL(`build/simulate/${name.replaceAll(/\W+/g, "-")}/`, root)
  mkdirSync(folder, { recursive: true })
  const path = fileURLToPath(new URL(file, root))
  let count = 0
  const replaced: Plugin = {
    name: "a fault",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, (args) => {
        if (args.path !== path) return undefined
        const parts = readFileSync(path, "utf8").split(from)
        count = parts.length - 1
        return { contents: parts.join(to), loader: "ts" }
      })
    },
  }
  await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: ["js-glue/index.ts"],
    outfile: fileURLToPath(new URL("index.js", folder)),
    alias: {
      "#shipped-core": fileURLToPath(new URL("js-glue/core/core-file.ts", root)),
      "#parts": fileURLToPath(new URL("js-glue/parts-inline.ts", root)),
    },
    external: ["#embedded-core"],
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    logLevel: "warning",
    plugins: [replaced],
  })
  if (count !== 1) throw new Error(`${file} must contain this text once, but contains it ${count} times: ${from}`)
  copyFileSync(new URL("build/wasm/raclette.wasm", root), new URL("raclette.wasm", folder))
  return folder
}
