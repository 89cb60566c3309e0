// Part of the link: fails if the module imports anything that imports.txt does not allow. This finds functions that are
// declared but never defined. emcc has no such list: it either imports every undefined symbol, or allows every function
// of its own JavaScript library, which the package does not ship.
// Usage: node check-imports.mjs MODULE LIST
import { readFileSync } from "node:fs"

const [file, list] = process.argv.slice(2)
const allowed = readFileSync(list, "utf8").match(/^[^#\s].*$/gm) ?? []
const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)))
const undefinedNames = imports.map(({ module, name }) => `${module}.${name}`).filter((name) => !allowed.includes(name))
for (const name of undefinedNames) {
  console.error(`error: undefined symbol: ${name} (not defined in C++, and not in ${list})`)
}
process.exitCode = undefinedNames.length === 0 ? 0 : 1
