// Gives what the module exports to the binding (`rac_…`) names of a letter or two, which esbuild then writes into the
// binding as well; and leaves out what Emscripten exports for a runtime of its own, which is not there. What starts the
// module is named after its bytes, so that a binding refuses a module of another build instead of calling at random.
import { createHash } from "node:crypto"

const EXPORTS = 7
const HEADER = 8
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/** What is exported beside `rac_…` and used: js-glue/core/link.ts and embind.ts. */
const kept = new Set(["memory", "malloc", "free", "_initialize", "__indirect_function_table"])

/** What tests alone ask for, of the module as it was linked. */
const testsOnly = "rac_census"

/** Which exports get other names; esbuild's `mangleProps`. */
export const renamed = /^rac_/

/** The first call of the binding. */
const starter = "rac_bind"

/** The module with short names, and what they stand for: `{ rac_text: "a" }`. */
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
  throw new Error(`the module has no section ${wanted}`)
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

/** An unsigned LEB128 number, and where it ends. */
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
