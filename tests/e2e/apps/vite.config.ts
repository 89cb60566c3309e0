// Builds two apps for the browser suite as their users would: raclette.js plugins, whose imports the Vite plugin
// resolves, in a host that provides a host's modules; and a React app. Both use the built package.
import { fileURLToPath } from "node:url"
import vue from "@vitejs/plugin-vue"
import { defineConfig } from "vite"
import raclette from "../../../js-glue/vite"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here("."),
  plugins: [vue(), raclette()],
  resolve: {
    alias: [
      { find: "@raclettejs/core/frontend", replacement: here("raclette/host/frontend.ts") },
      { find: /^raclette-wasm$/, replacement: here("../../../dist/index.js") },
      { find: /^raclette-wasm\/(vue|react)$/, replacement: here("../../../dist/$1.js") },
    ],
  },
  build: {
    outDir: here("../../../build/apps"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [here("raclette.html"), here("react.html")] },
  },
})
