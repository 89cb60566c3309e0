// Reduces the size of the package without changing behavior, property names or exports. terser shrinks esbuild's output
// by another few percent. wasm-opt removes the code behind exports that the package does not use, and the functions are
// put into an order that compresses well. wasm-opt is the one of the `emcc` in use, so that it knows all features which
// that emcc emits. npm's `binaryen` 132 would save 30 bytes, but is a devDependency of 104 MB and a second version to
// keep in sync.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { minify } from "terser"
import { orderBySimilarity } from "./function-order.mjs"
import { root } from "./setup.mjs"

/**
 * Optimizes a module with the flags in wasm-opt.txt. Returns `{ module, symbols }`; `symbols` maps functions to names.
 */
export function shrinkModule(module) {
  const flags = readFileSync(join(root, "wasm/bindings/wasm-opt.txt"), "utf8").match(/^-.*/gm)
  const folder = mkdtempSync(join(tmpdir(), "raclette-shrink-"))
  const [input, text, output, symbols] = ["in.wasm", "wat", "out.wasm", "symbols"].map((name) => join(folder, name))
  const optimize = (from, ...more) => read(wasmOpt(), [from, ...features(), ...flags, ...more])
  try {
    writeFileSync(input, module)
    optimize(input, "-S", "-o", text)
    writeFileSync(text, orderBySimilarity(readFileSync(text, "utf8")))
    optimize(text, "-o", output, `--symbolmap=${symbols}`)
    return { module: readFileSync(output), symbols: readFileSync(symbols, "utf8") }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The path of the wasm-opt that belongs to the emcc on the PATH. */
function wasmOpt() {
  return join(read("em-config", ["BINARYEN_ROOT"]).trim(), "bin/wasm-opt")
}

/** The WebAssembly features that this emcc enables by default. wasm-opt needs them as flags. */
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
 * Minifies an ES module and updates its source map. Returns `{ code, map }`. Keeps `#__PURE__` annotations, with which
 * bundlers drop unused code.
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
