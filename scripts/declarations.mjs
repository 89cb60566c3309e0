// Finishes the emitted declarations: adds the file extensions that Node's resolver needs, and deletes files that no
// entry imports.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"

const specifier = /(\bfrom |\bimport\(|\bimport )"(\.{1,2}\/[^"]+)"/g

/**
 * Adds extensions to the relative imports of `entries` and of all files that they import. Deletes all others of
 * `emitted`.
 */
export function finishDeclarations(entries, emitted) {
  const reached = new Set()
  for (const entry of entries) complete(resolve(entry), reached)
  for (const file of emitted) if (!reached.has(resolve(file))) rmSync(file)
}

function complete(file, reached) {
  if (reached.has(file)) return
  reached.add(file)
  const text = readFileSync(file, "utf8").replace(specifier, (_whole, before, path) => {
    const ending = existsSync(join(dirname(file), `${path}.d.ts`)) ? ".js" : "/index.js"
    complete(resolve(dirname(file), `${path}${ending}`).replace(/\.js$/, ".d.ts"), reached)
    return `${before}"${path}${ending}"`
  })
  writeFileSync(file, text)
}
