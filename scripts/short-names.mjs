// Renames the module's exports for the binding (`rac_…`) to one or two letters; esbuild writes the same names into the
// binding. Removes the exports for Emscripten's own JavaScript runtime, which the package does not have. The name of
// the first call contains a hash of the module, so that a binding refuses a module of another build.
import { createHash } from "node:crypto"

const EXPORTS = 7
const HEADER = 8
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/** The other exports that js-glue/core/link.ts and embind.ts use. */
const kept = new Set(["memory", "malloc", "free", "_initialize", "__indirect_function_table"])

/** An export for tests only. The linked module in build/wasm keeps it. */
const testsOnly = "rac_census"

/** The exports to rename; esbuild's `mangleProps`. */
export const renamed = /^rac_/

/** The first call of the binding. */
const starter = "rac_bind"

/** Renames the exports. Returns `{ module, names }`, with `names` as in `{ rac_text: "a" }`. */
export function withShortNames(module) {
  const names = { [starter]: `v${createHash("sha256").update(module).digest("hex").slice(0, 8)}` }
  const section = findSection(module, EXPORTS)
  const isUsed = ({ name }) => (renamed.test(name) && name !== testsOnly) || kept.has(name)
  const entries = readExports(module, section.body).filter(isUsed)
  for (const entry of entries) {
    if (renamed.test(entry.name)) names[entry.name] ??= shortName(Object.keys(names).length - 1)
  }
  const body = [...number(entries.length)]
  for (const { name, kind, index } of entries) {
    const text = Buffer.from(names[name] ?? name)
    body.push(...number(text.length), ...text, kind, ...number(index))
  }
  const renewed = [EXPORTS, ...number(body.length), ...body]
  return {
    module: Buffer.concat([module.subarray(0, section.start), Buffer.from(renewed), module.subarray(section.end)]),
    names,
  }
}

function shortName(at) {
  const rest = Math.floor(at / letters.length)
  return (rest === 0 ? "" : letters[rest - 1]) + letters[at % letters.length]
}

function findSection(module, wanted) {
  let at = HEADER
  while (at < module.length) {
    const [size, body] = readNumber(module, at + 1)
    if (module[at] === wanted) return { start: at, body, end: body + size }
    at = body + size
  }
  throw new Error(`The WebAssembly module has no section ${wanted}: is build/wasm/raclette.wasm complete?`)
}

function readExports(module, start) {
  const entries = []
  let [count, at] = readNumber(module, start)
  for (; count > 0; count--) {
    const [length, text] = readNumber(module, at)
    const kind = module[text + length]
    const [index, next] = readNumber(module, text + length + 1)
    entries.push({ name: module.toString("utf8", text, text + length), kind, index })
    at = next
  }
  return entries
}

/** Reads an unsigned LEB128 number. Returns `[value, end]`. */
function readNumber(bytes, start) {
  let value = 0
  let at = start
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value |= (byte & 127) << shift
    if (byte < 128) return [value, at]
  }
}

function number(value) {
  const bytes = []
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128)
  bytes.push(value)
  return bytes
}
