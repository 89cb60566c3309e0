// Names of a generated config are completed and accepted; any other name is a compile error.
import { createRuntime, type PluginConfig } from "raclette-wasm"
import { describe, expectTypeOf, it } from "vitest"
import { looseConfig, shopConfig, todoConfig, wideConfig } from "./configs"

const runtime = await createRuntime({ plugins: [todoConfig, shopConfig] })
const todo = runtime.usePluginApi("pacifico__todo")
const shop = runtime.usePluginApi("acme__shop")

/** The completions for the first argument of a function. */
type Offered<Call extends (...args: never[]) => unknown> = Parameters<Call>[0]

describe("$data", () => {
  it("has the entities and operations of the config, without a question mark", () => {
    expectTypeOf<keyof typeof todo.$data>().toEqualTypeOf<"todo">()
    expectTypeOf<keyof typeof todo.$data.todo>().toEqualTypeOf<
      "getAll" | "get" | "create" | "update" | "delete" | "deleteHard" | "restore"
    >()
    expectTypeOf<keyof typeof shop.$data.order>().toEqualTypeOf<"place" | "list">()
    todo.$data.todo.getAll({ options: { immediate: true } }).dataArr.subscribe(() => {})
  })

  it("has no other entity and no other operation", () => {
    // @ts-expect-error no such entity
    todo.$data.tod.getAll()
    // @ts-expect-error no such operation
    todo.$data.todo.getEverything()
    // @ts-expect-error the other plugin's entity
    todo.$data.order.place()
  })
})

describe("$socket of a plugin", () => {
  it("takes the plugin's channelKeys", () => {
    type Keys = "todoCreated" | "todoUpdated" | "todoDeleted" | "todoRestored" | "mySuperFancyCustomEvent"
    expectTypeOf<Offered<typeof todo.$socket.on>>().toEqualTypeOf<Keys>()
    expectTypeOf<Offered<typeof todo.$socket.once>>().toEqualTypeOf<Keys>()
    expectTypeOf<Offered<typeof todo.$socket.off>>().toEqualTypeOf<Keys>()
    expectTypeOf<Offered<typeof todo.$socket.waitFor>>().toEqualTypeOf<Keys>()
    expectTypeOf<Offered<typeof todo.$socket.events>>().toEqualTypeOf<Keys>()
    expectTypeOf<Offered<typeof shop.$socket.on>>().toEqualTypeOf<"orderPlaced" | "todoCreated">()
  })

  it("takes no others", () => {
    // @ts-expect-error misspelt
    todo.$socket.on("todoCreatd", () => {})
    // @ts-expect-error misspelt
    todo.$socket.once("todoCreatd", () => {})
    // @ts-expect-error misspelt
    todo.$socket.off("todoCreatd")
    // @ts-expect-error misspelt
    todo.$socket.waitFor("todoCreatd")
    // @ts-expect-error misspelt
    todo.$socket.events("todoCreatd")
    // @ts-expect-error the other plugin's
    todo.$socket.on("orderPlaced", () => {})
    // @ts-expect-error a payload's type does not make a key valid
    todo.$socket.on<string>("todoCreatd", () => {})
  })

  it("has the channels as members, with all that raclette's older form can do", () => {
    todo.$socket.todoCreated.on(() => {})
    expectTypeOf<keyof typeof todo.$socket.todoCreated>().toEqualTypeOf<"on" | "once" | "off" | "waitFor" | "events">()
    // @ts-expect-error misspelt
    todo.$socket.todoCreatd.on(() => {})
    // @ts-expect-error no such function
    todo.$socket.todoCreated.emit()
  })

  it("keeps what every socket can do", () => {
    todo.$socket.emit("anything", 1)
    expectTypeOf(todo.$socket.emitWithAck("anything")).toEqualTypeOf<Promise<unknown>>()
    todo.$socket.onAny((_payload, { channelKey }) => expectTypeOf(channelKey).toEqualTypeOf<string>())
  })
})

it("runtime.$socket takes the channelKeys of all plugins, and no others", () => {
  expectTypeOf<Offered<typeof runtime.$socket.on>>().toEqualTypeOf<
    "todoCreated" | "todoUpdated" | "todoDeleted" | "todoRestored" | "mySuperFancyCustomEvent" | "orderPlaced"
  >()
  runtime.$socket.orderPlaced.on(() => {})
  // @ts-expect-error misspelt
  runtime.$socket.on("orderPlacd", () => {})
})

describe("a pluginKey", () => {
  it("that no config has gives no entities, and takes any channelKey", () => {
    const other = runtime.usePluginApi("nobody__new")
    expectTypeOf<keyof typeof other.$data>().toEqualTypeOf<never>()
    other.$socket.on("whatever", (payload) => expectTypeOf(payload).toBeAny())
    other.$socket.whatever.on(() => {})
    // @ts-expect-error it has no entities
    other.$data.todo.getAll()
  })

  it("that is only known as text takes any name", () => {
    const any = runtime.usePluginApi(String("pacifico__todo"))
    any.$socket.on("whatever", () => {})
    any.$data.whatever?.anything?.()
  })

  it("is text", () => {
    // @ts-expect-error a number
    runtime.usePluginApi(7)
    // @ts-expect-error nothing
    runtime.usePluginApi()
  })
})

describe("without literals", () => {
  it("a config that is not `as const` has entities and operations, and takes any channelKey", async () => {
    const api = (await createRuntime({ plugins: [wideConfig] })).usePluginApi("acme__wide")
    api.$data.note.add()
    api.$socket.on("whatever", () => {})
    // @ts-expect-error no such entity
    api.$data.todo.add()
  })

  it("a plain PluginConfig, a list of them, and none at all take any name", async () => {
    const configs: PluginConfig[] = [looseConfig]
    const made = [createRuntime({ plugins: [looseConfig] }), createRuntime({ plugins: configs }), createRuntime()]
    for (const { usePluginApi, $socket } of await Promise.all(made)) {
      const api = usePluginApi("any")
      api.$data.whatever?.anything?.<string>({ params: { a: 1 } })
      api.$socket.on("whatever", (payload) => expectTypeOf(payload).toBeAny())
      api.$socket.whatever.on(() => {})
      $socket.on("whatever", () => {})
    }
  })

  it("a config with literals keeps them beside one without", async () => {
    const mixed = await createRuntime({ plugins: [todoConfig, looseConfig] })
    mixed.usePluginApi("pacifico__todo").$data.todo.getAll()
    mixed.usePluginApi("acme__wide").$data.note?.add?.()
    mixed.$socket.on("noted", () => {})
    // @ts-expect-error misspelt
    mixed.usePluginApi("pacifico__todo").$socket.on("todoCreatd", () => {})
  })
})

it("a config that is written at the call keeps its literals", async () => {
  const { $socket } = await createRuntime({
    plugins: [
      {
        pluginName: "p",
        author: "a",
        pluginKey: "a__p",
        data: {
          thing: {
            type: "thing",
            operations: {
              make: { target: "/thing", method: "post", channels: [{ channel: "c", channelKey: "made", prefix: "" }] },
            },
          },
        },
      },
    ],
  })
  expectTypeOf<Offered<typeof $socket.on>>().toEqualTypeOf<"made">()
})
