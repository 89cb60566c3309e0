// What a request contains: params and headers are read and deeply copied when `execute()` is called. Refs, signals and
// getters are replaced by their current values.
import { computed as preactComputed, signal } from "@preact/signals-core"
import { describe, expect, it } from "vitest"
import {
  computed,
  customRef,
  isProxy,
  reactive,
  readonly,
  ref,
  shallowReactive,
  shallowReadonly,
  shallowRef,
  toRef,
  toRefs,
} from "vue"
import { answer, type Item, jsonOf, queryOf, read, settle, world } from "./harness"

/** Params with the name "one", and a function that changes it to "two". */
type Form = () => { params: object; change: () => void }

const forms: [string, Form][] = [
  ["a plain object", () => form({ name: "one" })],
  ["an object without a prototype", () => form(Object.assign(Object.create(null), { name: "one" }))],
  ["a sealed object", () => form(Object.seal({ name: "one" }))],
  ["reactive of Vue", () => form(reactive({ name: "one" }))],
  ["shallowReactive of Vue", () => form(shallowReactive({ name: "one" }))],
  ["readonly of a reactive", () => form(reactive({ name: "one" }), readonly)],
  ["shallowReadonly of a reactive", () => form(reactive({ name: "one" }), shallowReadonly)],
  ["toRefs of a reactive", () => form(reactive({ name: "one" }), toRefs)],
  ["toRef of a reactive", () => form(reactive({ name: "one" }), (source) => ({ name: toRef(source, "name") }))],
  ["a ref inside", () => inside(ref("one"))],
  ["a shallowRef inside", () => inside(shallowRef("one"))],
  ["a customRef inside", () => inside(ownRef("one"))],
  ["a computed inside", () => through(ref("one"), (source) => ({ name: computed(() => source.value) }))],
  ["a ref inside of a reactive", () => through(ref("one"), (name) => reactive({ name }))],
  ["a ref inside of a frozen object", () => through(ref("one"), (name) => Object.freeze({ name }))],
  ["a ref around all", () => through(ref({ name: "one" }), (all) => all, "two", "name")],
  ["a computed around all", () => through(ref("one"), (source) => computed(() => ({ name: source.value })))],
  ["a signal of Preact inside", () => inside(signal("one"))],
  ["a computed of Preact inside", () => through(signal("one"), (s) => ({ name: preactComputed(() => s.value) }))],
  ["a signal of Preact around all", () => through(signal({ name: "one" }), (all) => all, "two", "name")],
  ["a property with a getter", () => through({ value: "one" }, (box) => withGetter(() => box.value))],
  [
    "a function inside, as Solid's accessors are",
    () => through({ value: "one" }, (box) => ({ name: () => box.value })),
  ],
  ["a function", () => through({ value: "one" }, (box) => () => ({ name: box.value }))],
  ["a function that returns a reactive", () => form(reactive({ name: "one" }), (source) => () => source)],
  ["a function that returns refs", () => through(ref("one"), (name) => () => ({ name }))],
]

/** A form that is mutated in place. */
function form<T extends { name: string }>(source: T, wrap: (source: T) => object = (plain) => plain) {
  return {
    params: wrap(source),
    change: () => {
      source.name = "two"
    },
  }
}

/** A form whose name is a ref. */
function inside(name: { value: string }) {
  return {
    params: { name },
    change: () => {
      name.value = "two"
    },
  }
}

/** A form that reads `source`. */
function through<S extends { value: unknown }>(source: S, make: (source: S) => object, two = "two", key = "") {
  const change = () => {
    source.value = key === "" ? two : { [key]: two }
  }
  return { params: make(source), change }
}

function ownRef(value: string) {
  let held = value
  return customRef((track, trigger) => ({
    get: () => {
      track()
      return held
    },
    set: (next: string) => {
      held = next
      trigger()
    },
  }))
}

const withGetter = (get: () => unknown) => Object.defineProperty({}, "name", { get, enumerable: true })

describe("the request contains the values at the time of the call if params are", () => {
  it.each(forms)("%s: of a mutation", async (_name, make) => {
    const { todo, platform } = await world()
    const { params, change } = make()
    const create = todo.create({ params })
    void create.execute()
    change()
    void create.execute()
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "one" }, { name: "two" }])
  })

  it.each(forms)("%s: of a read", async (_name, make) => {
    const { todo, platform } = await world()
    const { params, change } = make()
    const list = todo.getAll({ params })
    void list.execute()
    change()
    await settle()
    const first = queryOf(platform.request())
    await answer(platform, read())
    void list.execute()
    await settle()
    expect([first, queryOf(platform.request())]).toEqual([[["name", "one"]], [["name", "two"]]])
  })
})

describe("refs are unwrapped at every depth", () => {
  it("in a query string (vue-query#93, DamianOsipiuk/vue-query#110)", async () => {
    const { todo, platform } = await world()
    const filter = ref({ tags: [ref("a"), computed(() => "b")], range: reactive({ from: signal(1) }) })
    void todo.getAll({ params: { limit: ref(2), filter } }).execute()
    await settle()
    expect(queryOf(platform.request())).toEqual([
      ["filter[range][from]", "1"],
      ["filter[tags]", "a"],
      ["filter[tags]", "b"],
      ["limit", "2"],
    ])
  })

  it("in a JSON body, a placeholder and the argument of execute", async () => {
    const { todo, platform } = await world()
    const update = todo.update({ params: { _id: computed(() => "7"), tags: [[ref("a")], { deep: [signal("b")] }] } })
    void update.execute({ by: { who: shallowRef({ name: ref("me") }) } })
    await settle()
    expect(platform.request().url).toBe("http://backend.test/todo/7")
    expect(jsonOf(platform.request())).toEqual({ tags: [["a"], { deep: ["b"] }], by: { who: { name: "me" } } })
  })

  it("including the runtime's own refs", async () => {
    const { runtime, todo, platform } = await world()
    void todo.getAll({ params: { connection: runtime.$socket.status } }).execute()
    await settle()
    expect(queryOf(platform.request())).toEqual([["connection", "connected"]])
  })

  it("a computed that reads the query itself sends its value (kubb#449)", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { seen: computed(() => list.dataArr.value.length) } })
    void list.execute()
    await settle()
    expect(queryOf(platform.request())).toEqual([["seen", "0"]])
  })

  it("an object with a `value` member is not a ref", async () => {
    const { todo, platform } = await world()
    void todo.create({ params: { filter: { value: 2 }, choice: { value: 1, label: "one" } } }).execute()
    await settle()
    expect(jsonOf(platform.request())).toEqual({ filter: { value: 2 }, choice: { value: 1, label: "one" } })
  })

  it("values with a JSON form are sent in it, and symbols are omitted", async () => {
    const { todo, platform } = await world()
    const money = new (class {
      toJSON = () => "5 EUR"
    })()
    const params = { zero: -0, nan: Number.NaN, gone: undefined, at: new Date(0), money, none: null, [Symbol("s")]: 1 }
    void todo.create({ params }).execute()
    await settle()
    expect(jsonOf(platform.request())).toEqual({
      zero: 0,
      nan: null,
      at: "1970-01-01T00:00:00.000Z",
      money: "5 EUR",
      none: null,
    })
  })

  it("one object in two places is sent twice", async () => {
    const { todo, platform } = await world()
    const user = reactive({ name: "me" })
    void todo.create({ params: { from: user, to: user } }).execute()
    await settle()
    expect(jsonOf(platform.request())).toEqual({ from: { name: "me" }, to: { name: "me" } })
  })
})

describe("copies are deep", () => {
  const changes: [string, () => Item, (params: Item) => unknown, Item][] = [
    ["a list", () => ({ tags: ["a"] }), ({ tags }) => (tags as string[]).push("b"), { tags: ["a"] }],
    [
      "a nested object",
      () => ({ by: { name: "a" } }),
      ({ by }) => Object.assign(by as Item, { name: "b" }),
      { by: { name: "a" } },
    ],
    ["a date", () => ({ at: new Date(0) }), ({ at }) => (at as Date).setTime(5), { at: "1970-01-01T00:00:00.000Z" }],
    ["a list in a ref", () => ({ t: ref(["a"]) }), ({ t }) => (t as { value: string[] }).value.push("b"), { t: ["a"] }],
    ["an object that loses a field", () => ({ name: "a" }), (params) => delete params.name, { name: "a" }],
    [
      "an object that gets a field",
      () => ({ name: "a" }),
      (params) => Object.assign(params, { done: true }),
      { name: "a" },
    ],
  ]

  it.each(changes)(
    "%s that changes later changes nothing, in params and in the argument",
    async (_name, make, change, sent) => {
      for (const place of ["params", "argument"]) {
        const { todo, platform } = await world()
        const given = make()
        void (place === "params" ? todo.create({ params: given }).execute() : todo.create().execute(given))
        change(given)
        await settle()
        expect(jsonOf(platform.request()), place).toEqual(sent)
      }
    },
  )

  it("`query` holds plain copies, too", async () => {
    const { todo } = await world()
    const params = reactive({ name: "one", by: { id: ref(7) } })
    const list = todo.getAll({ params })
    void list.execute()
    const asked = list.query.value.params
    params.name = "two"
    expect(asked).toEqual({ name: "one", by: { id: 7 } })
    expect([asked, asked.by].map(isProxy)).toEqual([false, false])
  })
})

describe("the headers of `config` are read and copied at the call if they are", () => {
  const headerForms: [string, () => { config: object; change: () => void }][] = [
    ["a plain object", () => headers({ "x-tenant": "one" })],
    ["a reactive object", () => headers(reactive({ "x-tenant": "one" }))],
    ["a reactive config", () => headers(reactive({ "x-tenant": "one" }), (headers) => reactive({ headers }))],
    ["a ref of one header", () => throughHeaders(ref("one"), (tenant) => ({ headers: { "x-tenant": tenant } }))],
    [
      "a computed of all",
      () => throughHeaders(ref("one"), (t) => ({ headers: computed(() => ({ "x-tenant": t.value })) })),
    ],
    ["a signal of Preact", () => throughHeaders(signal("one"), (tenant) => ({ headers: { "x-tenant": tenant } }))],
    [
      "a getter of config",
      () =>
        throughHeaders({ value: "one" }, (box) => ({
          get headers() {
            return { "x-tenant": box.value }
          },
        })),
    ],
    [
      "Headers",
      () => {
        const given = new Headers({ "x-tenant": "one" })
        return { config: { headers: given }, change: () => given.set("x-tenant", "two") }
      },
    ],
    [
      "a list of pairs",
      () => {
        const pair = ["x-tenant", "one"]
        return {
          config: { headers: [pair] },
          change: () => {
            pair[1] = "two"
          },
        }
      },
    ],
  ]

  function headers<T extends { "x-tenant": string }>(
    source: T,
    wrap: (source: T) => object = (headers) => ({ headers }),
  ) {
    return {
      config: wrap(source),
      change: () => {
        source["x-tenant"] = "two"
      },
    }
  }

  function throughHeaders<S extends { value: string }>(source: S, make: (source: S) => object) {
    return {
      config: make(source),
      change: () => {
        source.value = "two"
      },
    }
  }

  it.each(headerForms)("%s", async (_name, make) => {
    for (const operation of ["getAll", "create"] as const) {
      const { todo, platform } = await world()
      const { config, change } = make()
      const query = todo[operation]({ config })
      const sent: (string | null)[] = []
      for (let i = 0; i < 2; i++) {
        void query.execute()
        if (i === 0) change()
        await settle()
        sent.push(platform.request().headers.get("x-tenant"))
        await answer(platform, read())
      }
      expect(sent, operation).toEqual(["one", "two"])
    }
  })

  it("`signal` is not copied, beside headers that are refs", async () => {
    const { todo, platform } = await world()
    const controller = new AbortController()
    const config = reactive({ signal: controller.signal, headers: { "x-tenant": ref("one") } })
    const execution = todo.getAll({ config }).execute()
    await settle()
    expect(platform.request().headers.get("x-tenant")).toBe("one")
    controller.abort()
    expect((await execution).error?.code).toBe("ABORTED")
  })
})
