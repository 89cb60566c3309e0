// The app of docs/from-raclette.md, unchanged: a plugin written for raclette.js and its host compile, and run as built
// by Vite.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, expect, inject, it } from "vitest"
import { addTodo } from "../support/backend"
import { root, run } from "../support/process"
import { open, POLICY, serve } from "./site"
import { folder, write } from "./user"

const app = "from-raclette"
const program = (name: string) => join(root, "node_modules", name)

beforeAll(async () => {
  const text = await readFile(join(root, "docs/from-raclette.md"), "utf8")
  const blocks = [...text.matchAll(/^```\w+ ([\w.-]+)\n(.*?)^```$/gms)]
  const files = blocks.map(([, name = "", code = ""]) => [`${app}/${name}`, code] as const)
  expect(files.length).toBe(7)
  const page = '<!doctype html><html lang="en"><body><script type="module" src="/main.ts"></script></body></html>'
  await write({ ...Object.fromEntries(files), [`${app}/index.html`]: page })
})

it("passes the compiler", { timeout: 120_000 }, async () => {
  const outcome = await run(process.execPath, [program("vue-tsc/bin/vue-tsc.js"), "-p", join(folder, app)])
  expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" })
})

it("runs as it stands", async () => {
  const args = [program("vite/bin/vite.js"), "build", app, "--logLevel", "warn"]
  expect(await run(process.execPath, args, { cwd: folder })).toMatchObject({ code: 0, stderr: "" })
  const { page, problems } = await open(await serve({ at: `${app}/dist`, policy: POLICY }))
  const shows = (text: string) => page.waitForFunction((part) => document.body.textContent?.includes(part), text)
  await shows("Todos!")
  await shows("no filter")
  const name = `Added ${Math.random()}`
  await addTodo(inject("backendUrl"), name)
  for (const text of [name, "all", "pacifico__todo: There is more to do"]) await shows(text)
  await page.locator("div", { hasText: name }).getByRole("button").click()
  await page.waitForFunction((part) => !document.querySelector("h1 ~ div")?.textContent?.includes(part), name)
  await shows("pacifico__todo: todo deleted")
  expect(problems).toEqual([])
})
