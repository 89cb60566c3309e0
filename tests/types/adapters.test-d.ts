// The adapters infer the registered runtime's names and items.
import type { BroadcastPayload, PluginApi, Ref, SocketStatus } from "raclette-wasm"
import { useMutation, useQuery, usePluginApi as useReactApi } from "raclette-wasm/react"
import { fromApi, fromRef, setRaclette, usePluginApi as useSvelteApi } from "raclette-wasm/svelte"
import { createRaclette, usePluginApi as useVueApi, type VuePluginApi } from "raclette-wasm/vue"
import { describe, expectTypeOf, it } from "vitest"
import type { ComputedRef } from "vue"
import type { Order, Todo, Types, todoConfig } from "./configs"
import { runtime } from "./runtime"

declare const extend: (api: VuePluginApi) => { $store: { get(path: string[]): number }; $i18n: I18n }

interface I18n {
  t(word: string): string
}

declare module "raclette-wasm" {
  interface Register {
    runtime: typeof runtime
    extend: typeof extend
  }
}

describe("in Vue, usePluginApi", () => {
  it("with a key gives that plugin's API, with refs of Vue", () => {
    const { $data, $socket } = useVueApi("pacifico__todo")
    const { dataArr, data, execute } = $data.todo.getAll({ options: { immediate: true } })
    expectTypeOf(dataArr).toEqualTypeOf<ComputedRef<Todo[]>>()
    expectTypeOf(data).toEqualTypeOf<ComputedRef<Record<string, Todo>>>()
    expectTypeOf(execute).returns.resolves.toHaveProperty("result").toEqualTypeOf<Todo[] | undefined>()
    $socket.on("todoCreated", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    $socket.todoDeleted.on((payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    // @ts-expect-error misspelt
    $data.todo.getAl()
    // @ts-expect-error the shop's entity
    $data.order.list()
    // @ts-expect-error misspelt
    $socket.on("todoCreatd", () => {})
  })

  it("without a key has the names of all plugins", () => {
    const { $socket } = useVueApi()
    $socket.on("orderPlaced", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Order>>())
    // @ts-expect-error no plugin has it
    $socket.on("nothing", () => {})
  })

  it("has what the host adds, as it was registered", () => {
    const { $store, $i18n, $data } = useVueApi("pacifico__todo")
    expectTypeOf($store.get).returns.toEqualTypeOf<number>()
    expectTypeOf($i18n).toEqualTypeOf<I18n>()
    expectTypeOf($data.todo.getAll().dataArr).toEqualTypeOf<ComputedRef<Todo[]>>()
    expectTypeOf(useVueApi().$i18n.t("title")).toEqualTypeOf<string>()
    // @ts-expect-error nobody provides it
    useVueApi().$file
    createRaclette(runtime, { extend })
    createRaclette(runtime, { extend: extend({} as VuePluginApi) })
    // @ts-expect-error it lacks $i18n
    createRaclette(runtime, { extend: { $store: { get: () => 1 } } })
  })

  it("takes raclette.js' form, whose parts are switched on and off", () => {
    const { $data } = useVueApi({ $data: true, $socket: true, $eventbus: false, $store: true, actionId: "save" })
    $data.todo.getAll()
    const shop = useVueApi({ pluginKey: "acme__shop", $log: useVueApi().$log })
    expectTypeOf(shop.$data.order.list().dataArr).toEqualTypeOf<ComputedRef<Order[]>>()
    // @ts-expect-error the other plugin's
    shop.$data.todo.getAll()
    // @ts-expect-error a string is not a part
    useVueApi({ $data: "yes" })
  })

  it("takes an API in place, and an item in place", () => {
    const { $data } = useVueApi<PluginApi<typeof todoConfig, Types>>()
    expectTypeOf($data.todo.getAll().dataArr).toEqualTypeOf<ComputedRef<Todo[]>>()
    expectTypeOf($data.todo.getAll<Order>().dataArr).toEqualTypeOf<ComputedRef<Order[]>>()
    // biome-ignore lint/suspicious/noExplicitAny: untyped additions
    expectTypeOf(useVueApi<PluginApi>().$data.any?.thing?.().dataArr).toEqualTypeOf<ComputedRef<any[]> | undefined>()
  })
})

describe("in React", () => {
  it("usePluginApi gives the plugin's API, and useQuery the operation's items", () => {
    const { $data, $socket } = useReactApi("pacifico__todo")
    expectTypeOf(useQuery($data.todo.getAll, { params: { limit: 1 } }).dataArr).toEqualTypeOf<Todo[]>()
    expectTypeOf(useQuery(useReactApi({ pluginKey: "acme__shop" }).$data.order.list).dataArr).toEqualTypeOf<Order[]>()
    expectTypeOf(useMutation($data.todo.create).data).toEqualTypeOf<Record<string, Todo>>()
    $socket.on("todoCreated", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    // @ts-expect-error misspelt
    useQuery($data.todo.getAl)
    // @ts-expect-error it does not read
    useQuery($data.todo.create)
    // @ts-expect-error it does not read
    useQuery<Todo>($data.todo.delete)
    // @ts-expect-error it reads
    useMutation($data.todo.getAll)
    // @ts-expect-error it reads
    useMutation<Todo>($data.todo.get)
    useQuery($data.todo.get, { params: null })
    // @ts-expect-error misspelt
    $socket.on("todoCreatd", () => {})
  })

  it("takes an API in place, and an item in place", () => {
    const { $data } = useReactApi<PluginApi>()
    const operation = $data.any?.thing
    if (operation) expectTypeOf(useQuery<Order>(operation).dataArr).toEqualTypeOf<Order[]>()
    if (operation) expectTypeOf(useMutation<Order>(operation).dataArr).toEqualTypeOf<Order[]>()
  })
})

describe("in Svelte, usePluginApi", () => {
  it("with a key gives that plugin's API, with the runtime's refs under names without $", () => {
    const { data, socket, eventbus, log } = useSvelteApi("pacifico__todo")
    const { dataArr, execute } = data.todo.getAll({ params: () => ({ limit: 1 }), options: { immediate: true } })
    expectTypeOf(dataArr).toEqualTypeOf<Ref<Todo[]>>()
    expectTypeOf(execute).returns.resolves.toHaveProperty("result").toEqualTypeOf<Todo[] | undefined>()
    expectTypeOf(socket.status.value).toEqualTypeOf<SocketStatus>()
    socket.on("todoCreated", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Todo>>())
    eventbus.on("e", () => log("e"))
    // @ts-expect-error misspelt
    data.todo.getAl()
    // @ts-expect-error the shop's entity
    data.order.list()
    // @ts-expect-error misspelt
    socket.on("todoCreatd", () => {})
  })

  it("takes options, an API in place, and nothing", () => {
    const shop = useSvelteApi({ pluginKey: "acme__shop", actionId: "save", log: useSvelteApi().log })
    expectTypeOf(shop.data.order.list().dataArr).toEqualTypeOf<Ref<Order[]>>()
    const { data } = useSvelteApi<PluginApi<typeof todoConfig, Types>>()
    expectTypeOf(data.todo.getAll<Order>().dataArr).toEqualTypeOf<Ref<Order[]>>()
    useSvelteApi().socket.on("orderPlaced", (payload) => expectTypeOf(payload).toEqualTypeOf<BroadcastPayload<Order>>())
    // @ts-expect-error the names are without $
    useSvelteApi({ $log: shop.log })
  })

  it("and what belongs to no component", () => {
    setRaclette(runtime, { pluginKey: "acme__shop" })
    const { data } = fromApi(runtime.usePluginApi("pacifico__todo"))
    expectTypeOf(data.todo.getAll().dataArr).toEqualTypeOf<Ref<Todo[]>>()
    expectTypeOf(fromRef(runtime.connection).value.attempt).toEqualTypeOf<number>()
  })
})
