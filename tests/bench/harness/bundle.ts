// Bundles the contenders as a user's build would, as minified ES modules, with the peers at the versions that
// tests/bench/package.json pins. Suites import only the package's types. They load a build of it by its address.

import { join } from "node:path"
import { build, type Plugin } from "esbuild"
import { root } from "../../support/process"

/**
 * The code of the module `file` of tests/bench, with all that it imports. The fake WebSocket is in place before the
 * peers are loaded: some of them take the platform's then.
 */
export function bundleFile(file: string): Promise<string> {
  return bundle(`import "./peers/fake-socket"\nexport * from "./${file}"`)
}

/** The code of a module with the given text, which imports as a file in tests/bench would, and the package from `dist`. */
export async function bundle(contents: string, dist = join(root, "dist")): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, "tests/bench"), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    alias: { "raclette-wasm": join(dist, "index.js") },
    plugins: [chunksApart],
    tsconfigRaw: {},
  })
  return outputFiles[0]?.text ?? ""
}

/** Leaves out what the bundle may load later, as a build with chunks does: it is beside the bundle. */
const chunksApart: Plugin = {
  name: "chunks apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined))
  },
}
