// The package in a browser without a bundler: a page under the content security policy, a module worker, and README's
// plain page, unchanged.
import { cp } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, describe, expect, inject, it } from "vitest"
import { addTodo } from "../support/backend"
import { expectExample, open, POLICY, serve } from "./site"
import { codeBlock, example, folder, installed, plainConfig, write } from "./user"

const script = '<!doctype html><body><script type="module" src="main.js"></script></body>'

/** A site named `name` with the package copied into it, under the policy; resolves with its address. */
async function makeSite(name: string, policy = POLICY): Promise<string> {
  const site = await serve({ at: name, policy })
  await cp(join(installed, "dist"), join(folder, name, "raclette-wasm"), { recursive: true })
  await write({ [`${name}/index.html`]: script, [`${name}/generated-config.js`]: await plainConfig() })
  return site
}

async function exampleFor(site: string, file: string): Promise<string> {
  return (await example(site, `./raclette-wasm/${file}`)).replace("./generated-config", "./generated-config.js")
}

describe.each(["index.js", "inline.js"])("%s", (file) => {
  it("works under the content security policy", async () => {
    const name = `policy-${file}`
    const site = await makeSite(name)
    await write({ [`${name}/main.js`]: await exampleFor(site, file) })
    await expectExample(site)

    const { page, problems } = await open(site)
    await page.evaluate(() => {
      const inline = Object.assign(document.createElement("script"), { textContent: "window.ran = true" })
      document.head.append(inline)
    })
    await expect.poll(() => problems.join()).toContain("Content Security Policy")
    expect(await page.evaluate(() => "ran" in window)).toBe(false)
  })

  it("works in a module worker, under the content security policy", async () => {
    const name = `worker-${file}`
    const site = await makeSite(name)
    const code = await exampleFor(site, file)
    const worker = code.replace(/document\.body\.textContent = (.*) \}\)/, "postMessage($1) })")
    expect(worker).not.toContain("document")
    await write({
      [`${name}/worker.js`]: worker,
      [`${name}/main.js`]: `const worker = new Worker("worker.js", { type: "module" })
        worker.onmessage = ({ data }) => { document.body.textContent = data }
        worker.onerror = (event) => console.error("in the worker:", event.message)`,
    })
    await expectExample(site)
  })
})

it("the backend in memory serves a page, under the content security policy and without the network", async () => {
  const site = await makeSite("in-memory")
  await write({
    "in-memory/main.js": `import { createRuntime } from "./raclette-wasm/index.js"
      import { createBackend } from "./raclette-wasm/testing.js"
      import todoConfig from "./generated-config.js"
      const backend = createBackend({ plugins: [todoConfig], items: { todo: [{ name: "Milk" }] }, latency: 5 })
      const runtime = await createRuntime(backend.options)
      const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
      const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
      $socket.on("todoCreated", () => execute())
      await backend.emit("todoCreated", { name: "Bread" })
      document.body.textContent = dataArr.value.map(({ name }) => name).join()`,
  })
  const { page, problems } = await open(site)
  await expect.poll(() => page.textContent("body")).toBe("Milk,Bread")
  expect(problems).toEqual([])
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name))
  expect(asked.filter((address) => !/\.(js|wasm)$|favicon/.test(address))).toEqual([])
})

describe("the plain page of the README", () => {
  let html = ""
  beforeAll(async () => {
    const block = await codeBlock("README.md", "html")
    html = block.replace("http://127.0.0.1:8082", inject("backendUrl").slice(0, -1))
  })

  it.each([
    ["as it stands", (page: string) => page],
    ["with the inline file", (page: string) => page.replace("index.js", "inline.js")],
    [
      "with an import map",
      (page: string) => {
        const map = '<script type="importmap">{ "imports": { "raclette-wasm": "./raclette-wasm/index.js" } }</script>'
        return page.replace("<title>", `${map}<title>`).replace('./raclette-wasm/index.js"\n\n', 'raclette-wasm"\n\n')
      },
    ],
  ])("works %s", async (what, change) => {
    const name = `plain-${what.replaceAll(" ", "-")}`
    const site = await makeSite(name, "")
    await write({ [`${name}/index.html`]: change(html) })
    const { page, problems } = await open(site)
    const [mine, theirs] = [`Mine ${Math.random()}`, `Theirs ${Math.random()}`]
    await page.getByPlaceholder("What is to do?").fill(mine)
    const item = (text: string) => page.getByRole("listitem").filter({ hasText: text })
    await expect.poll(() => page.getByRole("listitem").count()).toBeGreaterThan(0)
    await page.getByRole("button", { name: "Add" }).click()
    await item(mine).waitFor()
    await addTodo(inject("backendUrl"), theirs)
    await item(theirs).waitFor()
    expect(problems).toEqual([])
  })
})
