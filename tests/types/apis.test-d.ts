// The overloads of usePluginApi, the assignability of APIs, and the registered runtime.
import type {
  Data,
  EventBus,
  Log,
  PluginApi,
  Query,
  Ref,
  RegisteredRuntime,
  RegisteredTypes,
  Runtime,
  RuntimeLog,
  Socket,
} from "raclette-wasm"
import { describe, expectTypeOf, it } from "vitest"
import type { Todo, Types, todoConfig } from "./configs"
import { runtime } from "./runtime"

const todo = runtime.usePluginApi("pacifico__todo")
const shop = runtime.usePluginApi("acme__shop")

declare module "raclette-wasm" {
  interface Register {
    runtime: typeof runtime
  }
}

describe("usePluginApi", () => {
  it("takes options with the same names", () => {
    const api = runtime.usePluginApi({ pluginKey: "pacifico__todo", actionId: "save" })
    expectTypeOf(api).toEqualTypeOf(todo)
    // @ts-expect-error misspelt
    api.$socket.on("todoCreatd", () => {})
    // @ts-expect-error the id is a string
    runtime.usePluginApi({ pluginKey: "pacifico__todo", actionId: 7 })
    // @ts-expect-error no key
    runtime.usePluginApi({ actionId: "save" })
  })

  it("gives the parts that were handed in", () => {
    const { $data, $socket, $log } = runtime.usePluginApi({
      pluginKey: "pacifico__todo",
      $data: shop.$data,
      $log: shop.$log,
    })
    expectTypeOf($data).toEqualTypeOf(shop.$data)
    expectTypeOf($log).toEqualTypeOf<Log>()
    expectTypeOf($socket).toEqualTypeOf(todo.$socket)
    // @ts-expect-error without the todo plugin's own entity
    $data.todo.getAll()
    // @ts-expect-error no socket
    runtime.usePluginApi({ pluginKey: "pacifico__todo", $socket: {} })
    // @ts-expect-error no log
    runtime.usePluginApi({ pluginKey: "pacifico__todo", $log: console })
  })
})

describe("an API that knows its names", () => {
  it("goes where any is wanted", () => {
    expectTypeOf(todo).toExtend<PluginApi>()
    expectTypeOf(runtime).toExtend<Runtime>()
    expectTypeOf(todo.$socket).toExtend<Socket>()
    expectTypeOf(runtime.$socket).toExtend<Socket>()
    expectTypeOf(todo.$data).toExtend<Data>()
    expectTypeOf(todo.$eventbus).toExtend<EventBus>()
    expectTypeOf(runtime.$log).toExtend<Log>()
  })

  it("goes where its own is wanted, and no other", () => {
    const take = (_api: PluginApi<typeof todoConfig, Types>) => {}
    take(todo)
    // @ts-expect-error another plugin's
    take(shop)
  })
})

it("the log has children, and the runtime's a level", () => {
  expectTypeOf(todo.$log.child("list")).toEqualTypeOf<Log>()
  expectTypeOf(runtime.$log).toEqualTypeOf<RuntimeLog>()
  runtime.$log.level = 2
  // @ts-expect-error there are three levels
  runtime.$log.level = 3
  // @ts-expect-error one plugin cannot set the level of all
  todo.$log.level = 2
})

it("refs keep what they hold", () => {
  expectTypeOf(todo.$data.todo.getAll().dataArr).toEqualTypeOf<Ref<Todo[]>>()
  // @ts-expect-error refs are read-only
  todo.$data.todo.getAll().isLoading.value = true
})

it("a registered runtime is known to code that was handed none", () => {
  expectTypeOf<RegisteredRuntime>().toEqualTypeOf(runtime)
  expectTypeOf<RegisteredTypes>().toEqualTypeOf<Types>()
  const use = {} as RegisteredRuntime["usePluginApi"]
  expectTypeOf(use("pacifico__todo").$data.todo.getAll()).toEqualTypeOf<Query<Todo>>()
  // @ts-expect-error misspelt
  use("pacifico__todo").$data.tod
})
