// Bundles the contenders as a user's build would: one minified ES module, with the package in dist and the peers at the
// versions that tests/bench/package.json pins.

import { join } from "node:path"
import { build } from "esbuild"
import { root } from "../../support/process"

/**
 * The code of the module `file` of tests/bench, with all that it imports. The fake WebSocket is in place before the
 * peers are loaded: some of them take the platform's then.
 */
export function bundleFile(file: string): Promise<string> {
  return bundle(`import "./peers/fake-socket"\nexport * from "./${file}"`)
}

/** The code of a module with the given text, which imports as a file in tests/bench would. */
export async function bundle(contents: string): Promise<string> {
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
    alias: { "raclette-wasm": join(root, "dist/index.js") },
    tsconfigRaw: {},
  })
  return outputFiles[0]?.text ?? ""
}
