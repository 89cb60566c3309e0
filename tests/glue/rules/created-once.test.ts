// A created item shows once at rest, in whichever order event, read and response arrive. It never shows twice in
// between if its `_id` or its scalar params match.
import { describe, expect, it } from "vitest"
import { answer, at, created, history, type Item, names, read, settle, shown, type World, world } from "./harness"

const optimistic = { options: { optimistic: true } }
type Step = "event" | "answer" | "read"

const orders: Step[][] = [
  ["event", "answer", "read"],
  ["event", "read", "answer"],
  ["answer", "event", "read"],
  ["answer", "read", "event"],
  ["read", "event", "answer"],
  ["read", "answer", "event"],
]

/** Creates an item in a list of one. Its event, response and read arrive in `order`. */
async function create(params: Item, item: Item, order: Step[], args: object, isOptimistic = true) {
  const made = await world()
  const list = await shown(made, [{ _id: "1", name: "a" }], { options: { useCache: false, ...args } })
  void made.todo.create({ options: { optimistic: isOptimistic } }).execute(params)
  void list.execute()
  await settle()
  const post = made.platform.requests.find(({ method }) => method === "POST")
  const get = made.platform.requests.find(({ method }) => method === "GET")
  const count = history(list, (items) => items.length - 1)
  const steps: Record<Step, () => void> = {
    event: () => made.event("todoCreated", "dataCreate", created(item).body),
    answer: () => post?.answered(201, created(item)),
    read: () => get?.answered(200, read({ _id: "1", name: "a" }, item)),
  }
  for (const step of order) {
    steps[step]()
    await settle()
  }
  await follow(made, item)
  return { ...made, list, count }
}

/** Answers the reads that follow. */
async function follow({ platform }: Pick<World<never>, "platform">, ...items: Item[]) {
  for (let i = 0; i < 3; i++) {
    while (platform.requests.length > 0) await answer(platform, read({ _id: "1", name: "a" }, ...items))
    platform.advance(1500)
    await settle()
  }
}

describe("a created item shows once (apollo-client#3062, apollo-client#3092, relay#3060)", () => {
  it.each(orders)("%s, %s, %s", async (...order) => {
    const cases: [string, Item, Item][] = [
      ["with an id of the client's", { _id: "9", name: "b" }, { _id: "9", name: "b" }],
      ["with a number for an id of the client's", { _id: 9, name: "b" }, { _id: "9", name: "b" }],
      ["with an id of the server's", { name: "b" }, { _id: "9", name: "b" }],
      [
        "with fields of the server's",
        { name: "b", done: false },
        { _id: "9", name: "b", done: false, updatedAt: "2026-01-01T00:00:00Z" },
      ],
      ["with params that are no scalars", { name: "b", tags: ["x"] }, { _id: "9", name: "b", tags: ["X"] }],
    ]
    for (const [name, params, item] of cases) {
      for (const live of [true, false]) {
        const { list, count } = await create(params, item, order, { live })
        expect(list.dataArr.value, `${name}, live: ${live}`).toEqual([{ _id: "1", name: "a" }, item])
        expect(count, `${name}, live: ${live}`).toEqual([1])
      }
    }
  })

  it.each(orders)("%s, %s, %s: once at rest, if the server changed the sent fields", async (...order) => {
    const item = { _id: "9", name: "Trimmed" }
    for (const live of [true, false]) {
      const { list } = await create({ name: " trimmed " }, item, order, { live })
      expect(list.dataArr.value).toEqual([{ _id: "1", name: "a" }, item])
    }
  })

  it.each(orders)("%s, %s, %s: not optimistic, in a live list", async (...order) => {
    const item = { _id: "9", name: "b" }
    const { list, count } = await create({ name: "b" }, item, order, { live: true }, false)
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "a" }, item])
    expect(Math.max(...count)).toBe(1)
  })

  it.each([
    ["raclette's envelope", (item: Item) => created(item)],
    ["the bare item", (item: Item) => item],
    ["a list", (item: Item) => [item]],
    ["an envelope of another type", (item: Item) => ({ type: "dataPush", body: { items: [item] } })],
  ])("answered with %s", async (_name, wrap) => {
    const made = await world()
    const item = { _id: "9", name: "b" }
    const list = await shown(made, [{ _id: "1", name: "a" }], { options: { live: true } })
    const count = history(list, ({ length }) => length)
    void made.todo.create(optimistic).execute({ name: "b" })
    await settle()
    made.event("todoCreated", "dataCreate", { items: [item] })
    await answer(made.platform, wrap(item), 201)
    expect([list.dataArr.value[1], count]).toEqual([item, [1, 2]])
  })
})

describe("several creations at once", () => {
  const orderOfTwo = [
    [0, 1],
    [1, 0],
  ]

  it.each(orderOfTwo)("two equal ones are always two rows; responses in the order %i, %i", async (...order) => {
    for (const isEventFirst of [true, false]) {
      const made = await world()
      const list = await shown(made, [{ _id: "1", name: "a" }], { options: { live: true } })
      for (let i = 0; i < 2; i++) void made.todo.create(optimistic).execute({ name: "b" })
      await settle()
      const requests = [...made.platform.requests]
      const count = history(list, ({ length }) => length)
      const items = [
        { _id: "8", name: "b" },
        { _id: "9", name: "b" },
      ]
      const tell = () => {
        for (const item of items) made.event("todoCreated", "dataCreate", { items: [item] })
      }
      if (isEventFirst) tell()
      for (const i of order) {
        requests[i]?.answered(201, created(items[i] as Item))
        await settle()
      }
      if (!isEventFirst) tell()
      expect(count).toEqual([3])
      expect(new Set(list.dataArr.value.map(({ _id }) => _id))).toEqual(new Set(["1", "8", "9"]))
    }
  })

  it.each(orderOfTwo)("two different ones, staggered (apollo-client#1100), in the order %i, %i", async (...order) => {
    const made = await world()
    const list = await shown(made, [], { options: { live: true } })
    const seen = history(list, (items) =>
      items
        .map(({ name }) => name)
        .sort()
        .join(),
    )
    for (const name of ["x", "y"]) void made.todo.create(optimistic).execute({ name })
    await settle()
    const requests = [...made.platform.requests]
    const items = [
      { _id: "8", name: "x" },
      { _id: "9", name: "y" },
    ]
    for (const i of order) {
      made.event("todoCreated", "dataCreate", { items: [items[i]] })
      requests[i]?.answered(201, created(items[i] as Item))
      await settle()
    }
    expect(seen).toEqual(["", "x", "x,y"])
  })

  it("one by another client with the same params is a separate row at rest", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a" }], { options: { live: true } })
    void made.todo.create(optimistic).execute({ name: "b" })
    await settle()
    made.event("todoCreated", "dataCreate", { items: [{ _id: "theirs", name: "b" }] })
    await settle()
    made.event("todoCreated", "dataCreate", { items: [{ _id: "mine", name: "b" }] })
    await answer(made.platform, created({ _id: "mine", name: "b" }), 201)
    await follow(made, { _id: "theirs", name: "b" }, { _id: "mine", name: "b" })
    expect(list.dataArr.value.map(({ _id }) => _id).sort()).toEqual(["1", "mine", "theirs"])
  })

  it("one without scalar params is not mistaken for another client's", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a" }], { options: { live: true } })
    void made.todo.create(optimistic).execute({ tags: ["x"] })
    await settle()
    made.event("todoCreated", "dataCreate", { items: [{ _id: "theirs", name: "b", tags: [] }] })
    await answer(made.platform, created({ _id: "mine", tags: ["x"] }), 201)
    await follow(made, { _id: "theirs", name: "b", tags: [] }, { _id: "mine", tags: ["x"] })
    expect(list.dataArr.value.map(({ _id }) => _id).sort()).toEqual(["1", "mine", "theirs"])
  })

  it("one that is refused after another client's with the same params: the other stays", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a" }], { options: { live: true } })
    void made.todo.create(optimistic).execute({ name: "b" })
    await settle()
    made.event("todoCreated", "dataCreate", { items: [{ _id: "theirs", name: "b" }] })
    await answer(made.platform, { message: "there is one already" }, 409)
    await follow(made, { _id: "theirs", name: "b" })
    expect(list.dataArr.value.map(({ _id }) => _id)).toEqual(["1", "theirs"])
  })

  it("one that is changed before it is answered shows the change, once", async () => {
    const made = await world()
    const list = await shown(made, [], { options: { live: true } })
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    void made.todo.create(optimistic).execute({ _id: "9", name: "b" })
    void made.todo.update(optimistic).execute({ _id: "9", name: "c" })
    await settle()
    const [post, patch] = [...made.platform.requests]
    made.event("todoCreated", "dataCreate", { items: [{ _id: "9", name: "b" }] })
    post?.answered(201, created({ _id: "9", name: "b" }))
    await settle()
    patch?.answered(200, { type: "dataUpdate", body: { items: [{ _id: "9", name: "c" }] } })
    await settle()
    expect([seen, names(list)]).toEqual([["", "b", "c"], ["c"]])
  })

  it("one that is refused disappears from every list", async () => {
    const made = await world()
    const lists = [await shown(made, []), await shown(made, [], { params: { limit: 5 } })]
    void made.todo.create(optimistic).execute({ name: "b" })
    await answer(made.platform, { message: "no" }, 400)
    expect(lists.map((list) => names(list))).toEqual([[], []])
  })
})

describe("a creation whose item arrived and was deleted before its response", () => {
  const first = { _id: "1", name: "a" }
  const ids: [string, Item, Item][] = [
    ["an id of the client's", { _id: "9", name: "b" }, { _id: "9", name: "b" }],
    ["an id of the server's", { name: "b" }, { _id: "9", name: "b" }],
  ]
  const cases = ids.flatMap(([name, params, item]) =>
    [true, false].flatMap((hasVersions) =>
      ["read", "event"].map((how) => [name, hasVersions ? "versions" : "no versions", how, params, item] as const),
    ),
  )

  it.each(cases)("%s, %s, received by %s: it does not show again", async (_name, versions, how, params, item) => {
    const version = (second: number) => (versions === "versions" ? { updatedAt: at(second) } : {})
    const made = await world()
    const list = await shown(made, [first], { options: { useCache: false, live: how === "event" } })
    const rows = history(list, (items) => items.length - 1)
    void made.todo.create(optimistic).execute(params)
    await settle()
    const post = made.platform.requests.shift()
    if (how === "event") {
      made.event("todoCreated", "dataCreate", { items: [{ ...item, ...version(1) }] })
      made.event("todoDeleted", "dataDelete", { items: [{ ...item, ...version(2) }], deleted: ["9"] })
      await settle()
    } else {
      void list.execute()
      await answer(made.platform, read(first, { ...item, ...version(2) }))
      void list.execute()
      await answer(made.platform, read(first))
    }
    expect(list.dataArr.value).toEqual([first])
    post?.answered(201, created({ ...item, ...version(1) }))
    await settle()
    expect(list.dataArr.value).toEqual([first])
    expect(rows.filter((count, i) => count !== rows[i - 1])).toEqual([0, 1, 0])
    await follow(made)
    expect(list.dataArr.value).toEqual([first])
  })

  it("a list without a later read keeps showing the item", async () => {
    const made = await world()
    const all = await shown(made, [first], { options: { useCache: false } })
    const other = await shown(made, [first], { options: { useCache: false } })
    const item = { _id: "9", name: "b" }
    void made.todo.create(optimistic).execute(item)
    await settle()
    const post = made.platform.requests.shift()
    void all.execute()
    await answer(made.platform, read(first, item))
    expect([all.dataArr.value, other.dataArr.value]).toEqual([
      [first, item],
      [first, item],
    ])
    post?.answered(201, created(item))
    await settle()
    expect(other.dataArr.value).toEqual([first, item])
  })
})
