// Builds the demo page as static files without inline scripts or styles, so that a strict content security policy
// allows it. The development server proxies the backend's paths. The page imports the package by name; aliases resolve
// these names to the built package in `dist`.
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
    // `default-src 'self'` forbids data: URLs, as which Vite would inline small files.
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
