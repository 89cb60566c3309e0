// Part of the link: fails it where the module imports what imports.txt does not allow, which is how a function that is
// declared and defined nowhere shows. emcc itself cannot hold such a list: it either imports whatever is undefined, or
// allows every function of its own JavaScript library, which is not shipped.
//   node check-imports.mjs MODULE LIST
import { readFileSync } from "node:fs"

const [file, list] = process.argv.slice(2)
const allowed = readFileSync(list, "utf8").match(/^[^#\s].*$/gm) ?? []
const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)))
const undefinedNames = imports.map(({ module, name }) => `${module}.${name}`).filter((name) => !allowed.includes(name))
for (const name of undefinedNames) {
  console.error(`error: undefined symbol: ${name} (not defined in C++, and not in ${list})`)
}
process.exitCode = undefinedNames.length === 0 ? 0 : 1
