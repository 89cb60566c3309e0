// The in-memory backend knows the names of its configs, and passes all types to the runtime.
import { createRuntime, type Runtime } from "raclette-wasm"
import { createBackend, type Handling, type Item, reply } from "raclette-wasm/testing"
import { describe, expectTypeOf, it } from "vitest"
import { shopConfig, type Todo, type Types, todoConfig } from "./configs"

const backend = createBackend({
  plugins: [todoConfig, shopConfig],
  items: { todo: [{ name: "Milk" }], "acme__shop:order": [] },
  defaults: { order: (params) => ({ total: Number(params.count) }) },
})

describe("createBackend", () => {
  it("makes options that say what a runtime knows", async () => {
    const runtime = await createRuntime(backend.options)
    expectTypeOf(runtime).toEqualTypeOf<Runtime<readonly [typeof todoConfig, typeof shopConfig]>>()
    runtime.usePluginApi("acme__shop").$data.order.list()
    const typed = await createRuntime({ ...backend.options, auth: { token: "t" }, types: {} as Types })
    expectTypeOf(typed.usePluginApi("pacifico__todo").$data.todo.getAll().dataArr.value).toEqualTypeOf<Todo[]>()
  })

  it("refuses options that it has not", () => {
    // @ts-expect-error misspelt
    createBackend({ plugins: [todoConfig], itms: {} })
    // @ts-expect-error a backend without configs
    createBackend({})
    // @ts-expect-error no such clock
    createBackend({ plugins: [], clock: "fake" })
  })

  it("takes any name as text, whose truth shows at run time", () => {
    backend.fail("pacifico__todo:todo.create", { status: 503 })
    backend.answer("POST /login", reply(200, {}))
    expectTypeOf(backend.items("todo")).toEqualTypeOf<Item[]>()
    expectTypeOf(backend.items<Todo>("todo")).toEqualTypeOf<Todo[]>()
    // @ts-expect-error no name
    backend.hold(5)
  })

  it("tells a handler what was asked", () => {
    backend.answer("todo.create", (request: Handling) => {
      expectTypeOf(request.params).toEqualTypeOf<Record<string, string>>()
      expectTypeOf(request.body).toBeUnknown()
      return request.proceed({ name: "x" })
    })
  })
})
