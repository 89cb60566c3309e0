// The site, as VitePress builds it: `npm run docs` into build/docs. Its root is the repository, because README.md and others
// are pages where they are (pages.ts). The live example on the first page runs the built package.
import { join } from "node:path"
import { slug } from "github-slugger"
import { defineConfig } from "vitepress"
import { copyLinked, repositoryLinks } from "./links"
import { excluded, pageOf, root, sidebar } from "./pages"

const base = process.env.DOCS_BASE ?? "/"
const dist = (name: string) => join(root, "dist", name)

export default defineConfig({
  title: "raclette-wasm",
  description: "Live data for browser pages, from a raclette, Fastify or Socket.IO backend",
  lang: "en-GB",
  base,
  srcDir: "..",
  srcExclude: excluded,
  outDir: join(root, "build/docs"),
  cacheDir: join(root, "build/docs-cache"),
  rewrites: (file) => pageOf(file) ?? file,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}favicon.svg` }]],
  markdown: {
    theme: { light: "github-light", dark: "github-dark" },
    // As on GitHub, so that a link to a heading works in both.
    anchor: { slugify: slug },
    config: (md) => void md.use(repositoryLinks(base)),
  },
  buildEnd: ({ outDir }) => copyLinked(outDir),
  themeConfig: {
    logo: "/favicon.svg",
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Get started", link: "/start" },
      { text: "API", link: "/api/index" },
      { text: "Changes", link: "/changelog" },
    ],
    sidebar,
  },
  vite: {
    publicDir: join(root, "web/public"),
    resolve: {
      alias: [
        { find: /^raclette-wasm$/, replacement: dist("index.js") },
        { find: /^raclette-wasm\/testing$/, replacement: dist("testing.js") },
      ],
    },
    build: { chunkSizeWarningLimit: 4000 },
  },
})
