// Makes what ships small. Both steps change bytes and never behaviour, names of properties or exports:
// terser takes esbuild's output a few percent further; wasm-opt removes the code behind exports that the package does not
// have, and writes the functions in the order that compresses best. wasm-opt is the one that the `emcc` in use brings, so
// that it knows whatever that emcc writes; npm's `binaryen` 132 makes 30 bytes less of it, for a devDependency of 104 MB
// and a second version to keep in step.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { minify } from "terser"
import { withLikeNextToLike } from "./function-order.mjs"
import { root } from "./setup.mjs"

/** Optimises a module by the flags of wasm-opt.txt: `{ module, symbols }`, `symbols` a name for each function. */
export function shrinkModule(module) {
  const flags = readFileSync(join(root, "wasm/bindings/wasm-opt.txt"), "utf8").match(/^-.*/gm)
  const folder = mkdtempSync(join(tmpdir(), "raclette-shrink-"))
  const [input, text, output, symbols] = ["in.wasm", "wat", "out.wasm", "symbols"].map((name) => join(folder, name))
  const optimize = (from, ...more) => read(wasmOpt(), [from, ...features(), ...flags, ...more])
  try {
    writeFileSync(input, module)
    optimize(input, "-S", "-o", text)
    writeFileSync(text, withLikeNextToLike(readFileSync(text, "utf8")))
    optimize(text, "-o", output, `--symbolmap=${symbols}`)
    return { module: readFileSync(output), symbols: readFileSync(symbols, "utf8") }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where the wasm-opt of the emcc on the PATH is. */
function wasmOpt() {
  return join(read("em-config", ["BINARYEN_ROOT"]).trim(), "bin/wasm-opt")
}

/** The parts of WebAssembly that this emcc's compiler uses of its own accord, of which wasm-opt wants to be told. */
function features() {
  const macros = read("emcc", ["-dM", "-E", "-x", "c++", "/dev/null"])
  const names = Array.from(macros.matchAll(/^#define __wasm_(\w+)__ 1$/gm), ([, name]) => name.replaceAll("_", "-"))
  return names.map((name) => `--enable-${name.replace("fptoint", "float-to-int")}`)
}

function read(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`)
  return stdout
}

/**
 * Minifies an ES module, `{ code, map }` for what esbuild made of `code` and its map. What says `#__PURE__` goes on saying
 * so: bundlers leave out by it what a page does not use.
 */
export async function shrinkScript(name, code, map) {
  const result = await minify(code, {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
    format: { preserve_annotations: true },
    sourceMap: { content: map, filename: name, url: `${name}.map`, includeSources: true },
  })
  return { code: `${result.code}\n`, map: result.map }
}
