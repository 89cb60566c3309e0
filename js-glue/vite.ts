// `raclette-wasm/vite`: the plugin for Vite, in which components written for raclette.js need no edits. Every path by which
// raclette.js' composables have been imported leads to `raclette-wasm/vue`, and the development server hands out the module
// and its `.wasm` as they are in the package, so that each finds the other. In a build Vite copies the `.wasm` by itself.
// For TypeScript, `raclette-wasm/raclettejs` declares the same paths.

/** What of Vite's plugin is used: a plugin for Vite 5 and later, of whichever copy of Vite. */
export interface RacletteVitePlugin {
  name: string
  config(): {
    resolve: { alias: { find: string; replacement: string }[]; dedupe: string[] }
    optimizeDeps: { exclude: string[] }
  }
}

/** The paths of raclette.js' composables: of today, and those before. The longer ones first: an alias takes what begins so. */
const COMPOSABLES = ["@raclettejs/core", "@raclettejs/raclette-core"].flatMap((core) => [
  `${core}/orchestrator/composables`,
  `${core}/orchestrator`,
])

/** The plugin for `plugins` in vite.config. */
export default function raclette(): RacletteVitePlugin {
  return {
    name: "raclette-wasm",
    config: () => ({
      resolve: {
        alias: COMPOSABLES.map((find) => ({ find, replacement: "raclette-wasm/vue" })),
        // Two copies would have two runtimes, and the app's is unknown to the other.
        dedupe: ["raclette-wasm"],
      },
      // What is bundled before would be a copy under each of these names, and no longer beside its `.wasm`.
      optimizeDeps: { exclude: ["raclette-wasm", ...COMPOSABLES] },
    }),
  }
}
