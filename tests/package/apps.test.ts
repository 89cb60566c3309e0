// The apps of the most popular tools. `npm run test:frameworks` runs all.
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../support/process"
import { type App, apps } from "./app"
import { testApp } from "./app-suite"
import { codeBlock } from "./user"

const usual = ["vite-8", "webpack", "next"]
for (const app of apps.filter(({ name }) => usual.includes(name))) testApp(app)

it.each([
  ["docs/react.md", "jsx with-runtime.jsx", "next/app/with-runtime.jsx"],
  ["docs/vue.md", "js plugins/raclette.js", "nuxt/app/plugins/raclette.js"],
])("%s shows what an app does: %s", async (document, block, file) => {
  const code = await readFile(join(root, "tests/package/apps", file), "utf8")
  expect(code.endsWith(await codeBlock(document, block))).toBe(true)
})

describe("the list of apps", () => {
  it("names each folder, and nothing else", async () => {
    const folders = await readdir(join(root, "tests/package/apps"), { withFileTypes: true })
    const names = folders.filter((entry) => entry.isDirectory() && entry.name !== "shared").map(({ name }) => name)
    expect([...new Set(apps.map(({ folder, name }: App) => folder ?? name))].sort()).toEqual(names.sort())
  })
})
