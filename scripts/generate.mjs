// Generates files from their single source: the binding's side of the boundary from the C++ declarations (effects and
// their fields, statuses, route kinds, flags, settings, sizes, signatures), and tables in docs from the TypeScript
// types. Edit the source, then run this.
//   npm run generate                    writes js-glue/core/generated and the tables in docs
//   node scripts/generate.mjs --check   lists the files that are out of date
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { Declarations } from "./cpp-declarations.mjs"
import { documents } from "./docs-tables.mjs"
import { effectsModule, exportsModule, valuesModule } from "./generated-modules.mjs"
import { root } from "./setup.mjs"

const headers = ["effect", "frame", "input", "query", "runtime"].map((name) => `wasm/core/include/raclette/${name}.h`)
const layout = "wasm/bindings/layout.h"
const functions = ["wasm/bindings/exports.cpp", "wasm/bindings/embind.cpp"]

/** The generated files: their text by path. `read` returns the text of a file. */
export function generate(read) {
  const declared = new Declarations([...headers, layout], read)
  const folder = "js-glue/core/generated"
  return {
    [`${folder}/values.ts`]: valuesModule(declared),
    [`${folder}/effects.ts`]: effectsModule(declared),
    [`${folder}/exports.ts`]: exportsModule(new Declarations(functions, read)),
    ...documents(read),
  }
}

/** Writes the generated files; with `isCheck`, only lists the outdated ones. Returns whether all are up to date. */
function main(isCheck) {
  const read = (path) => readFileSync(join(root, path), "utf8")
  let isUpToDate = true
  for (const [path, text] of Object.entries(generate(read))) {
    const file = join(root, path)
    if (existsSync(file) && read(path) === text) continue
    if (isCheck) {
      console.error(`${path} is out of date. Run \`npm run generate\`, and commit the result.`)
      isUpToDate = false
    } else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  return isUpToDate
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = main(process.argv.includes("--check")) ? 0 : 1
}
