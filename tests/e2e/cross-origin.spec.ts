// Page and backend on different origins, as with a Vite project in development: the browser sends a preflight before
// each mutation. The page comes from a real server, since intercepted requests have no preflight.
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { Page } from "@playwright/test"
import type { ExecuteResult, Runtime } from "raclette-wasm"
import todoConfig from "../../web/src/generated-config"
import type { Backend } from "../support/backend"
import { root } from "../support/process"
import { expect, test as withBackend } from "./fixtures"

interface Todo {
  _id: string
  name: string
}

declare global {
  interface Window {
    runtime: Runtime
    /** Executes an operation on todos. Resolves with its result, or its error's code. */
    run(operation: string, params: Record<string, unknown>): Promise<string | Todo[]>
  }
}

const types: Record<string, string> = { html: "text/html", js: "text/javascript", wasm: "application/wasm" }

const html = (backend: string, token: string, offlineMode: boolean) => {
  const config = { ...todoConfig, data: { todo: { ...todoConfig.data.todo, offlineMode } } }
  return `<!doctype html><title>another origin</title><script type="module">
    import { createRuntime } from "/index.js"
    const plugins = [${JSON.stringify(config)}]
    const runtime = await createRuntime({ url: "${backend}", plugins, auth: { token: "${token}" }, log: { sink() {} } })
    const { $data } = runtime.usePluginApi("pacifico__todo")
    window.run = async (operation, params) => {
      const { result, error } = await $data.todo[operation]({ options: { retry: 2 } }).execute(params)
      return error?.code ?? result
    }
    window.runtime = runtime
  </script>`
}

/** A static server for the page and the package, on another origin than the backend. */
async function serveSite(page: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const name = request.url === "/" ? "index.html" : (request.url ?? "").slice(1)
    const content = name === "index.html" ? page : await readFile(join(root, "dist", name)).catch(() => undefined)
    if (content === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { "content-type": types[name.split(".").at(-1) ?? ""] ?? "text/plain" }).end(content)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return server
}

const test = withBackend.extend<{ openElsewhere: (options: { offlineMode: boolean }) => Promise<Page> }>({
  openElsewhere: async ({ page, backend }, use) => {
    const servers: Server[] = []
    await use(async ({ offlineMode }) => {
      const server = await serveSite(html(backend.url, await backend.token("anna"), offlineMode))
      servers.push(server)
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      await page.waitForFunction(() => window.runtime)
      return page
    })
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  },
})

const run = (page: Page, operation: string, params: Record<string, unknown>) =>
  page.evaluate(([name, values]) => window.run(name, values), [operation, params] as const)

async function listOf(backend: Backend): Promise<string[]> {
  const headers = { authorization: `Bearer ${await backend.token("anna")}` }
  const answer = await fetch(`${backend.url}todo/all`, { headers })
  const { body } = (await answer.json()) as ExecuteResult<Todo>["response"] as { body: { items: Todo[] } }
  return body.items.map(({ name }) => name)
}

for (const offlineMode of [false, true]) {
  const title = offlineMode ? "with offlineMode" : "with retries"
  test(`a page of another origin creates, updates and deletes, ${title}`, async ({ openElsewhere, backend }) => {
    const page = await openElsewhere({ offlineMode })
    const created = (await run(page, "create", { name: "Milk" })) as Todo[]
    const { _id } = created[0] as Todo
    expect(await run(page, "update", { _id, name: "Oat milk" })).toMatchObject([{ _id, name: "Oat milk" }])
    expect(await listOf(backend)).toEqual(["Oat milk"])
    expect(await run(page, "delete", { _id })).toMatchObject([{ _id }])
    expect(await listOf(backend)).toEqual([])
    expect(await page.evaluate(() => window.runtime.queued.value.length)).toBe(0)
  })
}
