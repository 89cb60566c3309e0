// What the entry `raclette-wasm` brings as the compiled core: a file beside the module, by an expression that
// bundlers follow.

/** Where the file is. Throws where the bundle does not know its own address. */
export function shippedCore(): URL {
  const beside = new URL("./raclette.wasm", import.meta.url)
  // Vite's development server moves modules into node_modules/.vite/deps, but not the files beside them.
  return new URL(beside.href.replace(/\/\.vite\/deps\/.*/, "/raclette-wasm/dist/raclette.wasm"))
}
