// Payloads and items have the types of the user's map, `any` where it has none.
import { type BroadcastPayload, createRuntime, type GlobalEvent, type Query } from "raclette-wasm"
import { describe, expectTypeOf, it } from "vitest"
import { type Custom, keyedConfig, type Order, shopConfig, type Todo, type Types, todoConfig } from "./configs"

const runtime = await createRuntime({ plugins: [todoConfig, shopConfig], types: {} as Types })
const { $data, $socket, $eventbus } = runtime.usePluginApi("pacifico__todo")
const shop = runtime.usePluginApi("acme__shop")

describe("items", () => {
  it("type the results of operations", async () => {
    expectTypeOf($data.todo.getAll()).toEqualTypeOf<Query<Todo>>()
    expectTypeOf(shop.$data.order.list()).toEqualTypeOf<Query<Order>>()
    const { result } = await $data.todo.getAll().execute()
    expectTypeOf(result).toEqualTypeOf<Todo[] | undefined>()
    $data.todo.getAll({ options: { cb: ({ result }) => expectTypeOf(result).toEqualTypeOf<Todo[] | undefined>() } })
  })

  it("of an entity without a type are told by its key", async () => {
    const keyed = await createRuntime({ plugins: [keyedConfig], types: {} as Types })
    const { $data, $socket } = keyed.usePluginApi("acme__keyed")
    expectTypeOf($data.order.search()).toEqualTypeOf<Query<Order>>()
    expectTypeOf($data.task.add()).toEqualTypeOf<Query<Todo>>()
    $socket.on("placed", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Order>>())
    $socket.on("added", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    $socket.on("both", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Order | Todo>>())
  })

  it("type what `optimistic` takes and gives", () => {
    $data.todo.update({ options: { optimistic: (_params, current) => ({ _id: "1", name: `${current?.name}!` }) } })
    // @ts-expect-error not a Todo
    $data.todo.update({ options: { optimistic: () => ({ title: "x" }) } })
  })

  it("can be said in place", () => {
    expectTypeOf($data.todo.getAll<Order>()).toEqualTypeOf<Query<Order>>()
  })
})

describe("events", () => {
  it("carry the item of the operation that they tell of", () => {
    $socket.on("todoCreated", (payload, event) => {
      expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>()
      expectTypeOf(event.channelKey).toEqualTypeOf<string>()
    })
    $socket.once("todoUpdated", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    $socket.todoDeleted.on((payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    expectTypeOf($socket.waitFor("todoCreated")).toEqualTypeOf<Promise<BroadcastPayload<Todo>>>()
    expectTypeOf($socket.todoCreated.waitFor()).toEqualTypeOf<Promise<BroadcastPayload<Todo>>>()
    expectTypeOf($socket.events("todoCreated")).toEqualTypeOf<AsyncIterableIterator<BroadcastPayload<Todo>>>()
    $socket.waitFor("todoCreated", { filter: ({ body }) => body.items?.[0]?.name === "Milk" })
  })

  it("carry what the map says, which also adds keys", () => {
    $socket.on("mySuperFancyCustomEvent", (payload) => expectTypeOf(payload).toEqualTypeOf<Custom>())
    $socket.on("serviceTick", (payload) => expectTypeOf(payload).toEqualTypeOf<number>())
    $socket.serviceTick.on((payload) => expectTypeOf(payload).toEqualTypeOf<number>())
  })

  it("of one key carry what either plugin sends, where all are heard", () => {
    runtime.$socket.on("todoCreated", (payload) =>
      expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo | Order>>(),
    )
    runtime.$socket.on("orderPlaced", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Order>>())
  })

  it("refuse a listener of something else", () => {
    // @ts-expect-error the payload is not a number
    $socket.on("todoCreated", (_payload: number) => {})
    // @ts-expect-error the payload is not a string
    $socket.serviceTick.on((_payload: string) => {})
  })

  it("can be said in place", () => {
    $socket.on<string>("todoCreated", (payload) => expectTypeOf(payload).toEqualTypeOf<string>())
    expectTypeOf($socket.waitFor<string>("todoCreated")).toEqualTypeOf<Promise<string>>()
  })
})

describe("$eventbus", () => {
  it("types the names of the map, as sent and as heard", () => {
    $eventbus.on("cart/changed", (payload) => expectTypeOf(payload).toEqualTypeOf<number>())
    $eventbus.emit("cart/changed", 3)
    // @ts-expect-error the payload is a number
    $eventbus.emit("cart/changed", "three")
    $eventbus.global.on("ui/addToSnackbar", (event) =>
      expectTypeOf(event).toEqualTypeOf<GlobalEvent<{ message: string }>>(),
    )
    $eventbus.global.emit("ui/addToSnackbar", { message: "hi" })
    // @ts-expect-error the message is a string
    $eventbus.global.emit("ui/addToSnackbar", { message: 1 })
    expectTypeOf($eventbus.waitFor("cart/changed")).toEqualTypeOf<Promise<number>>()
    runtime.$eventbus.on("cart/changed", (event) => expectTypeOf(event).toEqualTypeOf<GlobalEvent<number>>())
    runtime.$eventbus.emit("cart/changed", 3)
  })

  it("leaves patterns and other names free", () => {
    $eventbus.on("cart/*", (payload, event) => {
      expectTypeOf(payload).toBeAny()
      expectTypeOf(event).toEqualTypeOf<string>()
    })
    $eventbus.once<Custom>("other", (payload) => expectTypeOf(payload).toEqualTypeOf<Custom>())
    $eventbus.emit("other", { at: 1 })
  })
})

describe("without a map", () => {
  it("items are `any`, and events carry them", async () => {
    const plain = (await createRuntime({ plugins: [todoConfig] })).usePluginApi("pacifico__todo")
    plain.$data.todo.getAll().dataArr.subscribe((todos) => {
      expectTypeOf(todos[0]).toBeAny()
      todos.map((todo) => todo.name)
    })
    plain.$socket.on("todoCreated", ({ body }) => expectTypeOf(body.items?.[0]).toBeAny())
    plain.$eventbus.on("anything", (payload) => expectTypeOf(payload).toBeAny())
    plain.$eventbus.global.on("anything", ({ sender, data }) => {
      expectTypeOf(sender).toEqualTypeOf<string>()
      expectTypeOf(data).toBeAny()
    })
  })

  it("`$data.<entity>.<operation>` of two plugins do not mix", () => {
    // @ts-expect-error a Todo has no total
    $data.todo.getAll().dataArr.value[0]?.total
  })
})

it("types can be given as arguments, too", async () => {
  const given = await createRuntime<[typeof todoConfig], { items: { todo: Todo } }>({ plugins: [todoConfig] })
  const api = given.usePluginApi("pacifico__todo")
  expectTypeOf(api.$data.todo.getAll()).toEqualTypeOf<Query<Todo>>()
  api.$socket.on("todoCreated", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
  // @ts-expect-error misspelt
  api.$socket.on("todoCreatd", () => {})
})
