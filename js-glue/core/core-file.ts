// What the entry `raclette-wasm` brings as the compiled core: a file beside the module, by an expression that
// bundlers follow; and for where the file cannot be had, a module of the package that holds the same bytes.

/** Where the file is. Throws where the bundle does not know its own address. */
export function shippedCore(): URL {
  const beside = new URL("./raclette.wasm", import.meta.url)
  // Vite's development server moves modules into node_modules/.vite/deps, but not the files beside them. Next.js makes
  // the address one that starts from the page.
  const { href } = beside
  return new URL(href.replace(/\/\.vite\/deps\/.*/, "/raclette-wasm/dist/raclette.wasm"), globalThis.location?.href)
}

/** The bytes, from a chunk that is loaded now. */
export async function embeddedCore(): Promise<BufferSource> {
  return (await import("#embedded-core")).shippedCore()
}
