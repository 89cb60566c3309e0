// What `execute()` accepts: nothing, or a plain object. Arguments that frameworks and the runtime itself pass to
// callbacks count as nothing. Anything else is refused with BAD_ARGUMENT and a message that says what to pass.
import { runInNewContext } from "node:vm"
import { Window } from "happy-dom"
import { describe, expect, it } from "vitest"
import { reactive } from "vue"
import { eventFrame } from "../harness"
import {
  answer,
  asked,
  created,
  jsonOf,
  over,
  queryOf,
  type RuleQuery,
  read,
  settle,
  type World,
  world,
} from "./harness"

/** The shape of React's events: an instance of a function's prototype, with a fiber that points back. */
class SyntheticBaseEvent {
  _reactName = "onClick"
  _targetInst: object = {}
  type = "click"
  target = {}
  currentTarget = {}
  isDefaultPrevented = () => false
  isPropagationStopped = () => false
  constructor(readonly nativeEvent: object) {
    Object.assign(this._targetInst, { stateNode: { fiber: this._targetInst } })
  }
  preventDefault() {}
  stopPropagation() {}
  persist() {}
}

const { MouseEvent: PageMouseEvent, KeyboardEvent, SubmitEvent, CustomEvent: PageCustomEvent } = new Window()

const events: [string, () => unknown][] = [
  ["an Event", () => new Event("click")],
  ["an Event with the time stamp that Vue adds", () => Object.assign(new Event("click"), { _vts: 1 })],
  ["a CustomEvent with a detail", () => new CustomEvent("save", { detail: { name: "a" } })],
  ["a CustomEvent of a page", () => new PageCustomEvent("save", { detail: { name: "a" } })],
  ["a MouseEvent of a page", () => new PageMouseEvent("click")],
  ["a KeyboardEvent of a page", () => new KeyboardEvent("keydown", { key: "Enter" })],
  ["a SubmitEvent of a page", () => new SubmitEvent("submit")],
  ["a MessageEvent", () => new MessageEvent("message", { data: { name: "a" } })],
  ["a class of the user's that extends Event", () => new (class Saved extends Event {})("saved")],
  ["a React event", () => new SyntheticBaseEvent(new Event("click"))],
  ["a React event of a page", () => new SyntheticBaseEvent(new PageMouseEvent("click"))],
  ["a React Native event", () => new SyntheticBaseEvent({ locationX: 1, locationY: 2 })],
]

async function listShown(made: World<never>): Promise<RuleQuery> {
  const list = made.todo.getAll({ options: { useCache: false } })
  void list.execute({ limit: 1 })
  await answer(made.platform, read())
  return list
}

describe("is ignored (react-apollo#3294, apollo-feature-requests#163)", () => {
  it.each(events)("%s: a read repeats its last execution", async (_name, make) => {
    const made = await world()
    const list = await listShown(made)
    void list.execute(make())
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=1"])
  })

  it.each(events)("%s: a mutation uses its own params", async (_name, make) => {
    const { todo, platform } = await world()
    void todo.create({ params: { name: "own" } }).execute(make())
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "own" }])
  })

  it("the event of addEventListener", async () => {
    const { todo, platform } = await world()
    const button = new EventTarget()
    button.addEventListener("click", todo.create({ params: { name: "own" } }).execute)
    button.dispatchEvent(new Event("click"))
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "own" }])
  })

  it("an event for `execute.next`, which reads the next page", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { limit: 1 } })
    void list.execute()
    await answer(platform, { type: "dataRead", body: { items: [{ _id: "1" }], hasMore: true } })
    void list.execute.next(new Event("click"))
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=1&offset=1"])
  })
})

describe("is ignored: the result passed to a callback", () => {
  it.each([
    ["that succeeded", 201, created({ _id: "1", name: "a" })],
    ["that failed", 400, { message: "no" }],
  ])("options.cb, of an execution %s, and the list's later reads are as before", async (_name, status, body) => {
    const made = await world()
    const list = await listShown(made)
    void made.todo.create({ options: { cb: list.execute } }).execute({ name: "a" })
    await answer(made.platform, body, status)
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=1"])
    await answer(made.platform, read())
    void list.execute()
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=1"])
  })

  it("options.cb of a read", async () => {
    const { todo, platform } = await world()
    const second = todo.get({ params: { _id: "2" } })
    void todo.get({ params: { _id: "1" }, options: { cb: second.execute } }).execute()
    await answer(platform, { _id: "1", name: "a" })
    expect(platform.requests.map(asked)).toEqual(["GET /todo/2"])
  })

  it("options.cb, for a mutation that follows", async () => {
    const { todo, platform } = await world()
    const log = todo.create({ params: { name: "log" } })
    void todo.update({ options: { cb: log.execute } }).execute({ _id: "1", name: "a" })
    await answer(platform, { _id: "1", name: "a" })
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "log" }])
  })

  it("`then` of an execution", async () => {
    const made = await world()
    const list = await listShown(made)
    void made.todo.create().execute({ name: "a" }).then(list.execute)
    await answer(made.platform, created({ _id: "1", name: "a" }), 201)
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=1"])
  })
})

describe("is ignored: a call by a listener of $socket", () => {
  type Listen = (made: World<never>, listener: (...args: unknown[]) => unknown) => unknown
  const ways: [string, Listen][] = [
    ["on", ({ api }, listener) => api.$socket.on("todoCreated", listener)],
    ["once", ({ api }, listener) => api.$socket.once("todoCreated", listener)],
    ["onAny", ({ api }, listener) => api.$socket.onAny(listener)],
    ["the channel's own `on`", ({ api }, listener) => api.$socket.todoCreated.on(listener)],
    ["the runtime's `on`", ({ runtime }, listener) => runtime.$socket.on("todoCreated", listener)],
  ]
  const payloads = [created({ _id: "1", name: "a" }), { _id: "1" }, "text", 7, null, [1]]

  it.each(ways)("%s, whatever the payload is", async (_name, listen) => {
    for (const payload of payloads) {
      const made = await world()
      const list = await listShown(made)
      listen(made, list.execute)
      made.text(eventFrame("todoCreated", payload))
      await settle()
      expect(made.platform.requests.map(asked), JSON.stringify(payload)).toEqual(["GET /todo/all?limit=1"])
    }
  })

  it("but an explicit `execute(payload)` uses the payload", async () => {
    const made = await world()
    const list = await listShown(made)
    made.api.$socket.on("todoCreated", (payload) => list.execute(payload))
    made.text(eventFrame("todoCreated", { limit: 5, tag: "x" }))
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=5&tag=x"])
  })

  it("and a second argument that is not an event changes nothing: `todos.map(execute)`", async () => {
    const { todo, platform } = await world()
    void [{ name: "a" }, { name: "b" }].map(todo.create().execute)
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "a" }, { name: "b" }])
  })
})

describe("is accepted: a plain object", () => {
  it.each([
    ["a literal", { name: "a" }],
    ["one without a prototype", Object.assign(Object.create(null), { name: "a" })],
    ["a frozen one", Object.freeze({ name: "a" })],
    ["one of another realm", runInNewContext("({ name: 'a' })")],
    ["reactive of Vue", reactive({ name: "a" })],
  ])("%s", async (_name, argument) => {
    const { todo, platform } = await world()
    void todo.create().execute(argument)
    void todo.getAll().execute(argument)
    await settle()
    expect(jsonOf(platform.requests[0] as never)).toEqual({ name: "a" })
    expect(queryOf(platform.requests[1] as never)).toEqual([["name", "a"]])
  })

  it.each([
    ["an event", { type: "click", target: "here" }],
    ["a result", { response: "r", result: "won", error: "none" }],
    ["an envelope", { type: "mail", body: { text: "hello" } }],
    ["a socket event", { channel: "sport", channelKey: "tv", prefix: "p" }],
    ["a ref", { value: 1 }],
  ])("one with the names of %s", async (_name, argument) => {
    const { todo, platform } = await world()
    void todo.create().execute(argument)
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([argument])
  })
})

describe("is BAD_ARGUMENT, and the message says what to pass", () => {
  class Todo {
    name = "a"
  }
  const refused: [string, () => unknown][] = [
    ["a text", () => "a"],
    ["an empty text", () => ""],
    ["a number", () => 7],
    ["0", () => 0],
    ["NaN", () => Number.NaN],
    ["a boolean", () => false],
    ["a bigint", () => 1n],
    ["a symbol", () => Symbol("a")],
    ["a list", () => [{ name: "a" }]],
    ["an empty list", () => []],
    ["a Map", () => new Map([["name", "a"]])],
    ["a Set", () => new Set(["a"])],
    ["a Date", () => new Date(0)],
    ["a class instance", () => new Todo()],
    ["an Error", () => new Error("a")],
    ["a RegExp", () => /a/],
    ["a Promise", () => Promise.resolve({ name: "a" })],
    ["a function", () => () => ({ name: "a" })],
    ["an ArrayBuffer", () => new ArrayBuffer(4)],
    ["bytes", () => new Uint8Array(4)],
    ["a stream", () => new ReadableStream()],
    ["a URL", () => new URL("http://x.test")],
    ["Headers", () => new Headers()],
  ]

  it.each(refused)("%s", async (_name, make) => {
    for (const operation of ["getAll", "create"] as const) {
      const { todo, platform } = await world()
      const query = todo[operation]({ params: { name: "own" } })
      const { error } = await over(query.execute(make()))
      expect(error, operation).toMatchObject({ code: "BAD_ARGUMENT", message: expect.stringMatching(/object/i) })
      expect([query.error.value, query.isLoading.value, platform.requests]).toEqual([error, false, []])
    }
  })

  it("and a refused argument is not repeated", async () => {
    const made = await world()
    const list = await listShown(made)
    await over(list.execute("a"))
    void list.execute({ tag: "x" })
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?tag=x"])
  })
})
