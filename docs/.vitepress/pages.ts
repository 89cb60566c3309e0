// The pages of the site: which Markdown file is which page, and where it stands in the sidebar. The files stay where they
// are read on their own (README.md, docs/, CONTRIBUTING.md); titles are their first headings.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** The sidebar: files by their paths in the repository. `npm run docs` fails for a page of docs/ that is missing here. */
const groups: Record<string, string[]> = {
  Start: ["README.md"],
  Guides: [
    "docs/keep-a-list-up-to-date.md",
    "docs/show-a-change-at-once.md",
    "docs/work-offline.md",
    "docs/log-in.md",
    "docs/find-out-what-happened.md",
    "docs/testing.md",
  ],
  Reference: [
    "docs/data.md",
    "docs/queries.md",
    "docs/mutations.md",
    "docs/users.md",
    "docs/socket.md",
    "docs/eventbus.md",
    "docs/options.md",
    "docs/errors.md",
    "docs/types.md",
  ],
  Frameworks: [
    "docs/vue.md",
    "docs/react.md",
    "docs/svelte.md",
    "docs/solid.md",
    "docs/angular.md",
    "docs/plain.md",
    "docs/bundlers.md",
  ],
  Backend: ["docs/backend.md", "docs/plugins.md", "docs/deploy.md"],
  "Coming from …": [
    "docs/from-raclette.md",
    "docs/from-socket.io-client.md",
    "docs/from-tanstack-query.md",
    "docs/comparison.md",
  ],
  About: [
    "docs/architecture.md",
    "docs/bench.md",
    "tests/simulate/README.md",
    "tests/soak/README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
  ],
}

/** The API reference, which TypeDoc writes: each module and the entry that it documents. */
export const modules: Record<string, string> = {
  index: "raclette-wasm",
  "adapters/vue": "raclette-wasm/vue",
  "adapters/react": "raclette-wasm/react",
  "adapters/svelte": "raclette-wasm/svelte",
  testing: "raclette-wasm/testing",
  vite: "raclette-wasm/vite",
}

/** Where TypeDoc writes it. */
export const apiFolder = "build/api"

const home = "docs/index.md"
const files = [home, ...Object.values(groups).flat()]

const unlisted = readdirSync(join(root, "docs"))
  .map((name) => `docs/${name}`)
  .filter((file) => file.endsWith(".md") && !files.includes(file))
if (unlisted.length > 0) throw new Error(`docs/.vitepress/pages.ts has no place for ${unlisted.join(", ")}.`)

/** The page of a file: `docs/vue.md` is `vue.md`, `tests/soak/README.md` is `soak.md`. Undefined if it is not a page. */
export function pageOf(file: string): string | undefined {
  if (file.startsWith(`${apiFolder}/`)) return `api/${file.slice(apiFolder.length + 1)}`
  if (!files.includes(file)) return undefined
  if (file === "README.md") return "start.md"
  return file
    .replace(/^docs\//, "")
    .replace(/^tests\/(.*)\/README\.md$/, "$1.md")
    .replace(/^[A-Z]+\.md$/, (name) => name.toLowerCase())
}

/** Markdown that is not a page. */
export const excluded = ["!(docs|tests|build)/**/*.md", "tests/!(simulate|soak)/**/*.md", "build/!(api)/**/*.md"]

const titleOf = (file: string) =>
  /^# (.*)$/m.exec(readFileSync(join(root, file), "utf8"))?.[1]?.replaceAll("`", "") ?? file

const linkOf = (file: string) => `/${pageOf(file)?.replace(/\.md$/, "")}`

export const sidebar = [
  ...Object.entries(groups).map(([text, files]) => ({
    text,
    items: files.map((file) => ({ text: file === "README.md" ? "Get started" : titleOf(file), link: linkOf(file) })),
  })),
  {
    text: "API",
    items: Object.entries(modules)
      .filter(([name]) => existsSync(join(root, apiFolder, `${name}.md`)))
      .map(([name, text]) => ({ text, link: linkOf(`${apiFolder}/${name}.md`) })),
  },
]
