// How the demo page is built and served: one static folder without inline scripts or styles, so that the backend can
// send it under a strict content security policy, and a development server that hands the backend's own paths on.
// The page takes the library as a user would, by its names; they stand for the built package beside it.
import { fileURLToPath } from "node:url"
import vue from "@vitejs/plugin-vue"
import { defineConfig } from "vite"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const backend = "http://127.0.0.1:8082"

export default defineConfig({
  root: here("."),
  plugins: [vue()],
  resolve: {
    alias: [
      { find: /^raclette-wasm$/, replacement: here("../dist/index.js") },
      { find: /^raclette-wasm\/vue$/, replacement: here("../dist/vue.js") },
    ],
  },
  build: {
    outDir: here("../build/web"),
    emptyOutDir: true,
    // A small file inlined as a data: address would not load under `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    fs: { allow: [here("..")] },
    proxy: {
      "/todo": backend,
      "/auth": backend,
      "/raclette": backend,
      "/health": backend,
      "/socket.io": { target: backend, ws: true },
    },
  },
})
