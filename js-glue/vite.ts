// `raclette-wasm/vite`: the Vite plugin for components written for raclette.js. It resolves every import path of
// raclette.js' composables to `raclette-wasm/vue`, and keeps the development server from bundling the package
// beforehand, so the module finds its `.wasm` file. In a build, Vite copies that file. `raclette-wasm/raclettejs`
// declares the same paths for TypeScript.

/** The part of the plugin API of Vite 5 and later that is used. It needs no import of Vite. */
export interface RacletteVitePlugin {
  name: string
  config(): {
    resolve: { alias: { find: string; replacement: string }[]; dedupe: string[] }
    optimizeDeps: { exclude: string[] }
  }
}

/**
 * Current and former import paths of raclette.js' composables. Longer ones first: an alias also matches longer paths.
 */
const COMPOSABLES = ["@raclettejs/core", "@raclettejs/raclette-core"].flatMap((core) => [
  `${core}/orchestrator/composables`,
  `${core}/orchestrator`,
])

/** Returns the plugin for `plugins` in vite.config. */
export default function raclette(): RacletteVitePlugin {
  return {
    name: "raclette-wasm",
    config: () => ({
      resolve: {
        alias: COMPOSABLES.map((find) => ({ find, replacement: "raclette-wasm/vue" })),
        // With two copies, components would not find the app's runtime.
        dedupe: ["raclette-wasm"],
      },
      // Bundled beforehand, it would be copied once for each name, away from its `.wasm` file.
      optimizeDeps: { exclude: ["raclette-wasm", ...COMPOSABLES] },
    }),
  }
}
