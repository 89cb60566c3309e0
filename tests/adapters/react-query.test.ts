// useQuery returns only data for its current arguments: no data of earlier arguments as if it were settled. Also tests
// which arguments count as changed.
import { beforeAll, describe, expect, it } from "vitest"
import type { QueryState } from "../../js-glue/adapters/react"
import { loadReact, type ReactBundle, reactVersions } from "./frameworks"
import { flush, items, nothing, type Todo } from "./harness"
import { openPage } from "./page"
import { type Args, openReact, textOf } from "./react-harness"

describe.each(reactVersions)("react%s", (suffix) => {
  let bundle: ReactBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadReact(suffix)
  })

  /** A mounted reader, and the results of all its renders. */
  async function shown(name: string, first: Args, strict = false) {
    const page = await openReact(bundle)
    const seen: QueryState<Todo>[] = []
    const Reader = page.reader(name, seen)
    const of = (args: Args) => page.h(Reader, { args })
    const { element, render, unmount } = await page.mount(of(first), { strict })
    /** Renders with these arguments. Returns the results of all renders since the first. */
    const change = async (args: Args) => {
      const before = seen.length
      await render(of(args))
      return seen.slice(before).map(textOf)
    }
    return { ...page, seen, change, unmount, text: () => element.textContent ?? "" }
  }
  const byId = (_id: string | undefined | null, options: Args["options"] = {}): Args => ({ params: { _id }, options })

  describe("other params", () => {
    it("are loading in the very render that asks for them", async () => {
      const { change, answer, open, text } = await shown("get", byId("a"))
      await answer("a")
      expect(new Set(await change(byId("b")))).toEqual(new Set(["loading a"]))
      expect(open()).toEqual(["/todo/b"])
      await answer("b")
      expect(text()).toBe("b")
    })

    it("are shown by one more render than their answer, by one object", async () => {
      const { change, answer, seen } = await shown("get", byId("a"))
      await answer("a")
      const before = new Set(seen).size
      await change(byId("b"))
      expect(new Set(seen).size).toBe(before + 1)
      await answer("b")
      expect(new Set(seen).size).toBe(before + 2)
      expect(seen.at(-1)?.query.params).toEqual({ _id: "b" })
    })

    it.each([
      ["404", (page: { refuse(status: number): Promise<void> }) => page.refuse(404), "HTTP_ERROR"],
      ["500", (page: { refuse(status: number): Promise<void> }) => page.refuse(500), "HTTP_ERROR"],
    ] as const)("that are answered with %s show nothing but that", async (_what, refuse, error) => {
      const { change, answer, text, seen, ...page } = await shown("get", byId("a"))
      await answer("a")
      await change(byId("b"))
      await refuse(page)
      expect(text()).toBe(error)
      expect(seen.at(-1)).toMatchObject({ data: {}, dataArr: [], response: undefined })
      await change(byId("a"))
      expect(text()).toBe("a")
    })

    it.each([404, 410])("or not: what is answered with %i is no more, until it is there again", async (status) => {
      const { answer, refuse, text, seen, act, platform } = await shown("get", byId("a"))
      await answer("a")
      const again = () => {
        platform.advance(2000)
        return act(() => void seen.at(-1)?.execute())
      }
      await again()
      await refuse(500)
      expect(text()).toBe("HTTP_ERROR a")
      await again()
      await refuse(status)
      expect(text()).toBe("HTTP_ERROR")
      expect(seen.at(-1)).toMatchObject({ data: {}, dataArr: [], response: undefined })
      await again()
      expect(text()).toBe("loading HTTP_ERROR")
      await answer("a")
      expect(text()).toBe("a")
    })

    it("that have no answer, or are aborted, show nothing", async () => {
      const { change, answer, text, act, seen, platform, open } = await shown("get", byId("a"))
      await answer("a")
      await change(byId("b"))
      await act(() => platform.request().answered(204))
      expect(text()).toBe("")
      await change(byId("c"))
      await act(() => seen.at(-1)?.abort())
      expect([text(), open()]).toEqual(["", []])
    })

    it("that name nothing show nothing, or why", async () => {
      const { change, answer, text, open } = await shown("get", byId("a"))
      await answer("a")
      await change(byId(undefined))
      expect(text()).toBe("MISSING_PARAM")
      await change(byId("a"))
      expect(new Set(await change(byId(undefined, { immediate: false })))).toEqual(new Set([""]))
      expect([text(), open()]).toEqual(["", []])
      expect(new Set(await change(byId("b")))).toEqual(new Set(["loading"]))
      await answer("b")
      expect(text()).toBe("b")
    })

    it("of a list that is executed by hand show nothing until it is", async () => {
      const { change, answer, act, text, seen } = await shown("getAll", { params: { limit: 1 } })
      await answer("Milk")
      await change({ params: { limit: 2 }, options: { immediate: false } })
      expect(text()).toBe("")
      expect(seen.at(-1)?.query.params).toEqual({ limit: 2 })
      await act(() => void seen.at(-1)?.execute.next())
      await answer("Bread")
      expect(text()).toBe("Bread")
    })

    it("end what was asked before, and its callbacks", async () => {
      const called: unknown[] = []
      const args = (limit: number): Args => ({ params: { limit }, options: { cb: ({ error }) => called.push(error) } })
      const { change, answer, open, seen, census } = await shown("getAll", args(1))
      const byHand = seen.at(-1)?.execute({ tag: "x" })
      await change(args(2))
      await change(args(3))
      expect(open()).toEqual(["/todo/all?limit=3"])
      expect((await byHand)?.error?.code).toBe("ABORTED")
      await answer("Milk")
      expect(called).toEqual([undefined])
      expect(census()).toMatchObject({ queries: 1, requests: 0 })
    })

    it("leave a read alone that others wait for", async () => {
      const page = await openReact(bundle)
      const Reader = page.reader("getAll")
      const both = (limit: number) => [
        page.h(Reader, { key: 1, args: { params: { limit } } }),
        page.h(Reader, { key: 2, args: { params: { limit: 1 } } }),
      ]
      const { render, element } = await page.mount(both(1))
      await render(both(2))
      expect(page.open()).toEqual(["/todo/all?limit=1", "/todo/all?limit=2"])
      await page.answer("Milk")
      await page.answer("Bread")
      expect(element.textContent).toBe("BreadMilk")
    })

    it("are one more object as well while a read is under way", async () => {
      const { change, answer, seen, act, platform, text } = await shown("get", byId("a"))
      await answer("a")
      platform.advance(2000)
      await act(() => void seen.at(-1)?.execute())
      const before = new Set(seen).size
      expect(new Set(await change(byId("b")))).toEqual(new Set(["loading a"]))
      await change(byId("c"))
      expect(new Set(seen.map(textOf))).toEqual(new Set(["loading", "a", "loading a"]))
      expect(new Set(seen).size).toBe(before + 2)
      await answer("c")
      expect(text()).toBe("c")
    })

    it("show nothing of an item that was gone", async () => {
      const { change, answer, refuse, seen, act, platform } = await shown("get", byId("a"))
      await answer("a")
      platform.advance(2000)
      await act(() => void seen.at(-1)?.execute())
      await refuse(404)
      expect(new Set(await change(byId("b")))).toEqual(new Set(["loading"]))
    })

    it("may come one after the other: what was shown last stays until there is an answer", async () => {
      const { change, answer, text, census, unmount } = await shown("get", byId("a"), true)
      await answer("a")
      for (const id of ["b", "c", "d"]) {
        await change(byId(id))
        expect(text()).toBe("loading a")
      }
      await answer("d")
      expect(text()).toBe("d")
      expect(census().queries).toBe(1)
      await change(byId("e"))
      await unmount()
      expect(census()).toEqual(nothing)
    })

    it("keep the identity of items that are the same", async () => {
      const { change, answer, seen } = await shown("getAll", { params: { limit: 1 } })
      await answer("Milk")
      const [before] = seen.at(-1)?.dataArr ?? []
      await change({ params: { limit: 2 } })
      await answer("Milk", "Bread")
      expect(seen.at(-1)?.dataArr[0]).toBe(before)
    })
  })

  describe("what differs", () => {
    it.each([
      ["NaN", Number.NaN, null],
      ["null", null, "null"],
      ["Infinity", Number.POSITIVE_INFINITY, null],
      ["-Infinity", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      ["text", "1", 1],
      ["bigint", 1n, "1n"],
      ["a list", [], {}],
      ["a list of nothing", [undefined], [null]],
      ["a member of a list", ["{}", 1], { 1: 1 }],
      ["a nested NaN", { a: [{ b: Number.NaN }] }, { a: [{ b: null }] }],
      ["a Date", new Date(Number.NaN), null],
    ])("is another argument: %s", async (_what, before, after) => {
      const options = { useCache: false }
      const { change, answer, open } = await shown("getAll", { params: { x: before }, options })
      await answer("Milk")
      await change({ params: { x: before }, options })
      expect(open()).toEqual([])
      await change({ params: { x: after }, options })
      expect(open()).toHaveLength(1)
    })

    it.each([
      ["the order of keys", { x: 1, y: { a: 1, b: 2 } }, { y: { b: 2, a: 1 }, x: 1 }],
      ["what is undefined", { x: undefined }, {}],
      ["-0", { x: -0 }, { x: 0 }],
      ["a copy", { x: [new Date(5), new Map([[1, 2]])] }, { x: [new Date(5), new Map([[1, 2]])] }],
      ["which function", { x: () => 1 }, { x: () => 1 }],
      ["none", null, undefined],
      ["that it is none", {}, null],
      ["a function of it", { x: 1 }, () => ({ x: 1 })],
      ["a function of none", () => null, {}],
    ])("is not %s", async (_what, before, after) => {
      const { change, open, act, platform } = await shown("getAll", { params: before as object })
      if (open().length > 0) await act(() => platform.request().answered(200, items("Milk")))
      await change({ params: after as object })
      expect(open()).toEqual([])
    })

    it("params that are null are none", async () => {
      const { open, text, answer } = await shown("getAll", { params: null })
      expect(open()).toEqual(["/todo/all"])
      await answer("Milk")
      expect(text()).toBe("Milk")
    })

    it("params that hold themselves are an error, not the end", async () => {
      const circle: Record<string, unknown> = {}
      circle.again = { circle }
      const { text } = await shown("getAll", { params: circle })
      expect(text()).toBe("BAD_ARGUMENT")
    })
  })

  describe("other timing", () => {
    it.each([
      ["refetchInterval", { refetchInterval: 5000 }, { refetchInterval: 0 }],
      ["refetchInterval that is left out", { refetchInterval: 5000 }, {}],
      ["timeout and retry", { timeout: 100 }, { timeout: 200, retry: 3 }],
      ["debounce", { debounce: 0 }, { debounce: 100 }],
      ["what brings it", {}, { refetchOnFocus: false, refetchOnReconnect: false, notify: false }],
    ])("keeps the list: %s", async (_what, before, after) => {
      const { change, answer, open, platform, seen } = await shown("getAll", { options: before })
      await answer("Milk")
      const last = seen.at(-1)
      platform.advance(2000)
      expect(await change({ options: after })).toContain("Milk")
      expect(seen.at(-1)).toBe(last)
      platform.advance(60_000)
      await flush()
      expect(open()).toEqual([])
    })

    it("counts from then on", async () => {
      const { change, answer, act, open, platform } = await shown("getAll", { options: {} })
      await answer("Milk")
      await change({ options: { refetchInterval: 500 } })
      await act(() => platform.advance(500))
      expect(open()).toHaveLength(1)
      await answer("Milk")
      await change({ options: { refetchInterval: 500, active: false } })
      await act(() => platform.advance(5000))
      expect(open()).toEqual([])
      await change({ options: { refetchInterval: 500 } })
      expect(open()).toHaveLength(1)
    })

    it("holds for what is asked later", async () => {
      const { change, answer, act, open, platform } = await shown("get", byId("a"))
      await answer("a")
      await change(byId("a", { refetchInterval: 500 }))
      await change(byId("b", { refetchInterval: 500 }))
      await answer("b")
      await act(() => platform.advance(500))
      expect(open()).toEqual(["/todo/b"])
    })
  })

  describe("an aborted signal", () => {
    it("at a re-render ends the read, and is no error of React", async () => {
      const signal = AbortSignal.abort()
      const { change, open, problems, text } = await shown("getAll", {
        config: { signal: new AbortController().signal },
      })
      expect(open()).toHaveLength(1)
      await change({ config: { signal } })
      expect([open(), text(), problems]).toEqual([[], "", []])
      await change({ config: { signal: AbortSignal.abort() }, options: { refetchInterval: 1 } })
      expect(problems).toEqual([])
    })

    it("at the first render reads nothing", async () => {
      const { open, problems, text } = await shown("getAll", { config: { signal: AbortSignal.abort() } }, true)
      expect([open(), text(), problems]).toEqual([[], "ABORTED", []])
    })
  })

  describe("arguments that never say the same", () => {
    const loops = {
      params: () => ({ params: { at: Math.random() } }),
      "config, by its headers": () => ({ config: { headers: { "x-request-id": String(Math.random()) } } }),
      "options, by their timing": () => ({ options: { refetchInterval: Math.random() } }),
      "the id": () => ({ id: String(Math.random()) }),
    }
    it.each(Object.entries(loops))("end in an error that says so: %s", async (_what, args) => {
      const page = await openReact(bundle)
      const Reader = page.reader("getAll")
      const Loop = () => Reader({ args: args() })
      const { element, render } = await page.mount(page.h(Loop))
      const [first] = page.platform.requests
      await render(page.h(Loop))
      expect(first?.aborted).toBe(true)
      expect(element.textContent).toMatch(/useQuery\(\) was given other .* at every render.*useMemo/)
      expect(page.open()).toEqual([])
      expect(page.census()).toEqual(nothing)
    })

    it("end in it also where the clock has to move on first", async () => {
      const page = await openReact(bundle)
      const Reader = page.reader("getAll")
      let now = 0
      const Loop = () => Reader({ args: { params: { now } } })
      const { element } = await page.mount(page.h(Loop))
      for (let i = 0; i < 60 && page.open().length > 0; i++) {
        now++
        await page.answer("Milk")
      }
      expect(element.textContent).toMatch(/useQuery\(todo.getAll\) was given other params at every render/)
    })

    it("are no params that a user types, however fast the answers are", async () => {
      const { change, answer, open, text } = await shown("getAll", { params: { q: 0 } })
      for (let q = 1; q < 80; q++) {
        await change({ params: { q } })
        if (q % 3 === 0) await answer(String(q))
      }
      expect(open()).toEqual(["/todo/all?q=79"])
      for (let q = 0; q < 80; q++) await change({ params: { q }, options: { immediate: false } })
      expect(text()).toBe("")
    })

    it("are no copies of $data, at any depth", async () => {
      const page = await openReact(bundle)
      const apis: unknown[] = []
      const { $data } = page.runtime.usePluginApi("pacifico__todo")
      const Shop = () => {
        const todo = { ...($data as unknown as { todo: object }).todo }
        apis.push(bundle.adapter.usePluginApi({ $data: { ...$data, todo, groups: [{ nested: { ...todo } }] } }))
        return "fine"
      }
      const { element, render } = await page.mount(page.h(Shop))
      await render(page.h(Shop))
      expect(element.textContent).toBe("fine")
      expect(new Set(apis).size).toBe(1)
    })

    it("end in it also where parts of an API are wrapped in place", async () => {
      const page = await openReact(bundle)
      const Shop = () => {
        bundle.adapter.usePluginApi({ $data: { todo: { getAll: () => {} } } })
        return "fine"
      }
      const { element, render } = await page.mount(page.h(Shop))
      await render(page.h(Shop))
      expect(element.textContent).toMatch(/usePluginApi\(\) was given other parts at every render/)
    })
  })

  describe("what kind of operation it is", () => {
    it.each([
      ["useQuery", "create", "useQuery() was given todo.create, which does not read"],
      ["useQuery", "delete", "useQuery() was given todo.delete, which does not read"],
      ["useMutation", "getAll", "useMutation() was given todo.getAll, which reads"],
    ] as const)("%s refuses todo.%s", async (hook, name, message) => {
      const page = await openReact(bundle)
      const Wrong = () => {
        const { $data } = bundle.adapter.usePluginApi()
        bundle.adapter[hook](page.operation($data, name) as never)
        return null
      }
      const { element } = await page.mount(page.h(Wrong), { strict: true })
      expect(element.textContent).toContain(message)
      expect(page.open()).toEqual([])
      expect(page.census()).toEqual(nothing)
    })

    it("a mutation is not given up when its params change", async () => {
      const page = await openReact(bundle)
      const seen: QueryState<Todo>[] = []
      const Creator = ({ by }: { by: string }) => {
        const { $data } = bundle.adapter.usePluginApi()
        const create = page.operation($data, "create")
        seen.push(bundle.adapter.useMutation<Todo>(create, { params: { by }, options: { retry: by === "me" ? 0 : 1 } }))
        return null
      }
      const { render } = await page.mount(page.h(Creator, { by: "me" }))
      await page.act(() => void seen.at(-1)?.execute({ name: "Milk" }))
      await render(page.h(Creator, { by: "you" }))
      expect(page.open()).toEqual(["/todo"])
      await page.answer("Milk")
      expect(seen.at(-1)?.dataArr).toEqual(items("Milk").body.items)
      await page.act(() => void seen.at(-1)?.execute({ name: "Bread" }))
      expect(page.platform.request().body).toBe('{"by":"you","name":"Bread"}')
    })
  })
})
