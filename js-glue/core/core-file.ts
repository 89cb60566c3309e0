// The compiled core of the entry `raclette-wasm`: a file beside the module, referenced in the form that bundlers
// detect, and as fallback a chunk of the package with the same bytes.

/** URL of the file. Throws if the bundle does not know its own URL. */
export function shippedCore(): URL {
  const beside = new URL("./raclette.wasm", import.meta.url)
  // Vite's development server moves modules to node_modules/.vite/deps, but not the files beside them. Next.js makes
  // the URL relative to the page.
  const { href } = beside
  return new URL(href.replace(/\/\.vite\/deps\/.*/, "/raclette-wasm/dist/raclette.wasm"), globalThis.location?.href)
}

/** Loads the chunk and returns its bytes. */
export async function embeddedCore(): Promise<BufferSource> {
  return (await import("#embedded-core")).shippedCore()
}
