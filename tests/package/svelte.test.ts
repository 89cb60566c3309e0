// Refs are Svelte stores: Svelte's store functions work with every ref, without an adapter.
import { join } from "node:path"
import { derived, get, type Readable } from "svelte/store"
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import type { Runtime } from "../../js-glue"
import { installed, plainConfig, write } from "./user"

let createRuntime: (options: object) => Promise<Runtime>
let config: unknown
beforeAll(async () => {
  await write({ "stores.mjs": await plainConfig() })
  ;({ createRuntime } = await import(join(installed, "dist/index.js")))
  ;({ default: config } = await import(join(installed, "../../stores.mjs")))
})

async function start(fetch: typeof globalThis.fetch): Promise<Runtime> {
  const options = { url: "http://backend.test", plugins: [config], fetch, WebSocket: class {} }
  const runtime = await createRuntime({ ...options, socket: { autoConnect: false } })
  onTestFinished(() => runtime.dispose())
  return runtime
}

const answer =
  (...names: string[]) =>
  async () =>
    Response.json(names.map((name) => ({ id: name, name })))

describe("refs keep the contract of Svelte's stores", () => {
  it("subscribe calls back at once and at every change, until its result is called", async () => {
    const runtime = await start(answer("Milk"))
    const query = runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.()
    if (!query) throw new Error("the config has no todo.getAll")
    const heard = vi.fn()
    const unsubscribe = query.isLoading.subscribe(heard)
    expect(heard.mock.calls).toEqual([[false]])
    await query.execute()
    expect(heard.mock.calls).toEqual([[false], [true], [false]])
    expect(unsubscribe()).toBeUndefined()
    await query.execute({ again: true })
    expect(heard).toHaveBeenCalledTimes(3)
  })

  it("`get` and `derived` of svelte/store take them", async () => {
    const runtime = await start(answer("Milk", "Bread"))
    const query = runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.()
    if (!query) throw new Error("the config has no todo.getAll")
    const status: Readable<string> = runtime.$socket.status
    const items = query.dataArr as Readable<{ name: string }[]>
    expect(get(status)).toBe("closed")
    const line = derived([status, items], ([now, todos]) => `${now}: ${todos.map(({ name }) => name).join(", ")}`)
    const lines: string[] = []
    const unsubscribe = line.subscribe((text) => lines.push(text))
    await query.execute()
    unsubscribe()
    expect(lines).toEqual(["closed: ", "closed: Milk, Bread"])
    expect(get(items).map(({ name }) => name)).toEqual(["Milk", "Bread"])
  })
})
