// Writes what says again what is said elsewhere, so that nobody has to keep two places alike: the binding's half of the
// boundary, from the C++ side's declarations (effects and their fields, statuses, route kinds, flags, settings, sizes,
// signatures), and tables of the documents, from the types. Adding one is an edit of its source and a run of this.
//   npm run generate                    writes js-glue/core/generated and tables in docs
//   node scripts/generate.mjs --check   says what of it is out of date
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

/** What is generated, whole files by their path. `read`: gets the text of a file. */
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

/** Writes it, or with `--check` says what is out of date. Returns whether all is fine now. */
function main(isCheck) {
  const read = (path) => readFileSync(join(root, path), "utf8")
  let isFine = true
  for (const [path, text] of Object.entries(generate(read))) {
    const file = join(root, path)
    if (existsSync(file) && read(path) === text) continue
    if (isCheck) {
      console.error(`${path} is out of date: run \`npm run generate\``)
      isFine = false
    } else {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
  return isFine
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = main(process.argv.includes("--check")) ? 0 : 1
}
