// The types of `execute`'s argument and of params match what the runtime accepts.
import { signal } from "@preact/signals-core"
import type { EntityConfig, RacletteError, RuntimeOptions } from "raclette-wasm"
import { describe, it } from "vitest"
import { computed, reactive, ref } from "vue"
import { runtime } from "./runtime"

const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
const list = $data.todo.getAll()
const create = $data.todo.create()

describe("execute", () => {
  it("takes nothing, a plain object, and what frameworks pass", () => {
    list.execute()
    list.execute(undefined)
    list.execute({ limit: 1 })
    list.execute(reactive({ limit: ref(1) }))
    list.execute(new Event("click"))
    const onClick: (event: MouseEvent) => void = list.execute
    const onReactClick: (event: { nativeEvent: MouseEvent; preventDefault(): void }) => void = list.execute
    return [onClick, onReactClick]
  })

  it("is a callback of its own kind: a listener's, and `cb`", () => {
    $socket.on("todoCreated", list.execute)
    $socket.todoDeleted.on(list.execute)
    $data.todo.create({ options: { cb: list.execute } })
    void create.execute().then(list.execute)
  })

  it("takes uploads", () => {
    create.execute(new FormData())
    create.execute(new Blob([]))
    create.execute(new URLSearchParams())
  })

  it("takes nothing else", () => {
    // @ts-expect-error a text
    list.execute("a")
    // @ts-expect-error a number
    list.execute(7)
    // @ts-expect-error a list
    list.execute([{ limit: 1 }])
    // @ts-expect-error a Map
    list.execute(new Map())
    // @ts-expect-error a function
    list.execute(() => ({ limit: 1 }))
  })
})

describe("params", () => {
  it("are an object, refs in it or around it, or a function", () => {
    $data.todo.getAll({ params: { limit: ref(1), tags: [computed(() => "a")], page: signal(1), from: () => 1 } })
    $data.todo.getAll({ params: reactive({ limit: 1 }) })
    $data.todo.getAll({ params: ref({ limit: 1 }) })
    $data.todo.getAll({ params: () => ({ limit: 1 }) })
    // @ts-expect-error a text
    $data.todo.getAll({ params: "limit=1" })
  })
})

describe("what went wrong", () => {
  it("goes wherever a RacletteError does", () => {
    const show = (error: RacletteError | undefined) => error?.code === "ABORTED"
    show(list.error.value)
    list.error.subscribe(show)
    void create.execute().then(({ error }) => show(error))
    const options: Pick<RuntimeOptions, "onError"> = { onError: show }
    return options
  })
})

describe("what decides of lists", () => {
  it("gets the entity's items, and may be given to an entity or a runtime", () => {
    $data.todo.getAll({
      options: {
        match: (todo, params) => todo.name === params.name,
        sort: (a, b) => a.name.localeCompare(b.name),
        nextParams: (_response, shown) => (shown.length < 9 ? { after: shown.at(-1)?._id } : undefined),
      },
    })
    const rules: Pick<RuntimeOptions, "match" | "sort"> = { match: () => true, sort: () => 0 }
    const entity: Pick<EntityConfig, "match" | "sort"> = { match: (item) => item.done, sort: (a, b) => a.n - b.n }
    return [rules, entity]
  })

  it("returns what can be used", () => {
    // @ts-expect-error no number
    $data.todo.getAll({ options: { sort: () => "a" } })
    // @ts-expect-error no params
    $data.todo.getAll({ options: { nextParams: () => "after" } })
    // @ts-expect-error no field of a todo
    $data.todo.getAll({ options: { match: (todo) => todo.nothing } })
  })
})
