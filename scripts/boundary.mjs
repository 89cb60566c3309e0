// The binding's half of the boundary, written from the C++ side's declarations: what both have to agree on (effects and
// their fields, statuses, route kinds, flags, settings, sizes, signatures) is said there alone. Adding one is an edit
// of its header and a run of this.
//   npm run boundary             writes js-glue/core/generated
//   node scripts/boundary.mjs --check   says what of it is out of date
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { effectsModule, exportsModule, valuesModule } from "./boundary-modules.mjs"
import { Declarations } from "./cpp-declarations.mjs"
import { root } from "./setup.mjs"

const headers = ["effect", "frame", "input", "query", "runtime"].map((name) => `wasm/core/include/raclette/${name}.h`)
const layout = "wasm/bindings/layout.h"
const functions = ["wasm/bindings/exports.cpp", "wasm/bindings/embind.cpp"]

/** The generated modules by their path. `read`: gets the text of a source. */
export function generate(read) {
  const declared = new Declarations([...headers, layout], read)
  const folder = "js-glue/core/generated"
  return {
    [`${folder}/values.ts`]: valuesModule(declared),
    [`${folder}/effects.ts`]: effectsModule(declared),
    [`${folder}/exports.ts`]: exportsModule(new Declarations(functions, read)),
  }
}

/** Writes the modules, or with `--check` says which are out of date. Returns whether all are fine now. */
function main(isCheck) {
  const read = (path) => readFileSync(join(root, path), "utf8")
  let isFine = true
  for (const [path, text] of Object.entries(generate(read))) {
    const file = join(root, path)
    if (existsSync(file) && read(path) === text) continue
    if (isCheck) {
      console.error(`${path} is not what the C++ side declares: run \`npm run boundary\``)
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
