// Function targets get params unchanged, and no value leaves its path segment.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { jsonOf, over, queryOf, settle, world } from "./harness"

// biome-ignore lint/suspicious/noExplicitAny: a target reads whatever params it wants
type Target = (params: any) => unknown

/** Executes an operation whose target is a function. */
async function sent(target: Target, params: object, method = "get") {
  const operations = { act: { target, method } }
  const { todo, platform } = await world<"act">({ operations })
  const act = todo.act()
  const execution = act.execute(params)
  await settle()
  const [request] = platform.requests
  const url = request?.url.replace("http://backend.test", "")
  return { url, request, act, execution, requests: platform.requests }
}

const pathOf = (url = "") => url.split("?")[0]

describe("a function target gets unchanged params", () => {
  it("numbers, booleans, nested values, and undefined for what is missing", async () => {
    const seen: unknown[] = []
    const target: Target = (params) => {
      seen.push({ ...params, missing: params.missing })
      return "/todo/list"
    }
    const params = { page: 2, done: false, none: null, by: { id: 7, tags: ["a", 1] }, name: "b" }
    await sent(target, params)
    expect(seen[0]).toEqual({ ...params, missing: undefined })
  })

  it.each<[string, Target, object, string]>([
    ["a number that is added to", ({ page }) => `/todo/page/${page + 1}`, { page: 2 }, "/todo/page/3"],
    ["a boolean that is false", ({ done }) => (done ? "/todo/done" : "/todo/open"), { done: false }, "/todo/open"],
    ["0", ({ page }) => (page ? "/todo/later" : "/todo/first"), { page: 0 }, "/todo/first"],
    ["null", ({ list }) => (list === null ? "/todo/none" : "/todo/some"), { list: null }, "/todo/none"],
    ["a nested value", ({ filter }) => `/todo/by/${filter.kind}`, { filter: { kind: "a" } }, "/todo/by/a"],
    ["a list", ({ path }) => `/files/${path.join("/")}`, { path: ["a", "b"] }, "/files/a/b"],
    ["an optional member that is there", (p) => (p._id ? `/todo/${p._id}` : "/todo"), { _id: "7" }, "/todo/7"],
    ["an optional member that is missing", (p) => (p._id ? `/todo/${p._id}` : "/todo"), {}, "/todo"],
    ["an optional chain that ends", (p) => `/todo/${p.by?.id ?? "all"}`, {}, "/todo/all"],
    ["a default in the pattern", ({ part = "head" }) => `/todo/${part}`, {}, "/todo/head"],
    ["`in`", (p) => ("_id" in p ? `/todo/${p._id}` : "/todo"), { name: "a" }, "/todo"],
    ["Object.keys", (p) => `/todo/${Object.keys(p).length}`, { _id: "7", name: "a" }, "/todo/2"],
    ["a comparison", ({ kind }) => (kind === "a/b" ? "/todo/special" : "/todo/x"), { kind: "a/b" }, "/todo/special"],
    ["a text's length", ({ name }) => `/todo/length/${name.length}`, { name: "a b" }, "/todo/length/3"],
    ["a date", ({ on }) => `/todo/${on.getUTCFullYear()}`, { on: new Date(0) }, "/todo/1970"],
  ])("%s", async (_name, target, params, path) => {
    expect(pathOf((await sent(target, params)).url)).toBe(path)
  })

  it("a second call, with encoded values, has the numbers and booleans of the first", async () => {
    const target: Target = ({ done, page, name, by }) =>
      done === false && page === 2 && by.level === 3 ? `/todo/${name}` : "/todo/wrong"
    const { url } = await sent(target, { done: false, page: 2, name: "a/b", by: { level: 3 } })
    expect(pathOf(url)).toBe("/todo/a%2Fb")
  })

  it("a spread", async () => {
    const target: Target = ({ _id, ...rest }) => `/todo/${_id}?${new URLSearchParams(rest)}`
    const { request } = await sent(target, { _id: "7", kind: "x y", sort: "up" })
    const { pathname, searchParams } = new URL(request?.url ?? "")
    expect([pathname, searchParams.get("kind"), searchParams.get("sort")]).toEqual(["/todo/7", "x y", "up"])
  })

  it("its changes to them affect neither the caller nor the body", async () => {
    const params = { _id: "7", tags: ["a"], name: "b" }
    const target: Target = (given) => {
      const path = `/todo/${given._id}`
      given.tags?.push("junk")
      given.name = "junk"
      return path
    }
    const { request } = await sent(target, params, "post")
    expect(params).toEqual({ _id: "7", tags: ["a"], name: "b" })
    expect(jsonOf(request as never)).toMatchObject({ name: "b" })
  })

  it("params that it did not read are sent in the query string", async () => {
    const { request, url } = await sent(({ _id, part }) => `/todo/${_id}/${part}`, { _id: "7", part: "a", page: 2 })
    expect(pathOf(url)).toBe("/todo/7/a")
    expect(queryOf(request as never)).toEqual([["page", "2"]])
  })
})

describe("a value cannot leave its path segment", () => {
  const plain: Target = ({ _id }) => `/todo/${_id}`
  it.each<[string, Target, object, string]>([
    ["a slash", plain, { _id: "a/b" }, "/todo/a%2Fb"],
    ["a path upwards", plain, { _id: "../admin" }, "/todo/..%2Fadmin"],
    ["a backslash", plain, { _id: "..\\admin" }, "/todo/..%5Cadmin"],
    ["a question mark", plain, { _id: "a?b=c" }, "/todo/a%3Fb%3Dc"],
    ["a hash", plain, { _id: "a#b" }, "/todo/a%23b"],
    ["a percent sign", plain, { _id: "a%2Fb" }, "/todo/a%252Fb"],
    ["encoded dots", plain, { _id: "%2e%2e" }, "/todo/%252e%252e"],
    ["a space", plain, { _id: "a b" }, "/todo/a%20b"],
    ["letters beyond ASCII", plain, { _id: "żółw" }, "/todo/%C5%BC%C3%B3%C5%82w"],
    ["an emoji", plain, { _id: "🧀" }, "/todo/%F0%9F%A7%80"],
    ["a colon", plain, { _id: "a:b" }, "/todo/a%3Ab"],
    ["a tab and a line feed", plain, { _id: "a\t\nb" }, "/todo/a%09%0Ab"],
    ["in a nested value", ({ by }) => `/users/${by.id}/todos`, { by: { id: "a/b" } }, "/users/a%2Fb/todos"],
    ["in a list", ({ path }) => `/files/${path.join("/")}`, { path: ["a b", "c?d"] }, "/files/a%20b/c%3Fd"],
    ["in one of two", ({ a, b }) => `/${a}/${b}`, { a: "x", b: "y/z" }, "/x/y%2Fz"],
    ["between two letters", ({ a }) => `/todo/x${a}y`, { a: "/" }, "/todo/x%2Fy"],
    ["in the target's own query string", ({ q }) => `/todo?q=${q}`, { q: "a&admin=1" }, "/todo?q=a%26admin%3D1"],
  ])("%s", async (_name, target, params, path) => {
    expect((await sent(target, params)).url).toBe(path)
  })

  it.each([[".."], ["."]])("a dot segment, %s, is refused: no encoding helps", async (_id) => {
    const { execution, requests } = await sent(plain, { _id })
    expect((await over(execution)).error?.code).toBe("MISSING_PARAM")
    expect(requests).toEqual([])
  })

  it("two dots in two values do not form a dot segment", async () => {
    const { request, requests } = await sent(({ a, b }) => `/todo/${a}${b}/x`, { a: ".", b: "." })
    if (requests.length > 0) expect(new URL(request?.url ?? "").pathname).toMatch(/^\/todo\/.*\/x$/)
  })

  it("any text arrives as one segment, or nothing is requested", async () => {
    const texts = fc.string({
      unit: fc.constantFrom("/", ".", "\\", "?", "#", "%", "2", "e", "a", " ", ":", "ż", ";", "&"),
    })
    for (const target of ["/todo/:_id/end", ({ _id }: { _id: string }) => `/todo/${_id}/end`]) {
      const { todo, platform } = await world<"act">({ operations: { act: { target, method: "get" } } })
      await fc.assert(
        fc.asyncProperty(texts, async (_id) => {
          const act = todo.act({ options: { useCache: false } })
          void act.execute({ _id })
          await settle()
          const [request] = platform.requests
          if (!request) {
            expect(act.error.value?.code).toBe("MISSING_PARAM")
            return
          }
          const segments = new URL(request.url).pathname.split("/")
          expect(segments).toHaveLength(4)
          expect(decodeURIComponent(segments[2] ?? "")).toBe(_id)
          act.dispose()
        }),
        { numRuns: 200 },
      )
    }
  })
})

describe("a target that encodes its values works, and nothing is encoded twice", () => {
  it.each<[string, Target, object, string]>([
    ["a segment", ({ _id }) => `/todo/${encodeURIComponent(_id)}`, { _id: "a/b c" }, "/todo/a%2Fb%20c"],
    ["a segment without need", ({ _id }) => `/todo/${encodeURIComponent(_id)}`, { _id: "abc" }, "/todo/abc"],
    [
      "each of a list",
      ({ path }) => `/f/${path.map(encodeURIComponent).join("/")}`,
      { path: ["a b", "c"] },
      "/f/a%20b/c",
    ],
    ["a nested value", ({ by }) => `/u/${encodeURIComponent(by.id)}`, { by: { id: "ż/1" } }, "/u/%C5%BC%2F1"],
    ["a query string", ({ q }) => `/todo?${new URLSearchParams({ q })}`, { q: "a&b=c" }, "/todo?q=a%26b%3Dc"],
    ["base64 for paths", ({ _id }) => `/todo/${btoa(_id).replaceAll("=", "")}`, { _id: "a/b?" }, "/todo/YS9iPw"],
  ])("%s", async (_name, target, params, url) => {
    expect((await sent(target, params)).url).toBe(url)
  })
})

describe("a target that fails is an error, and nothing is requested", () => {
  it.each<[string, Target]>([
    ["throws", ({ by }) => `/todo/${by.id}`],
    [
      "throws something without text",
      () => {
        throw Object.create(null)
      },
    ],
    ["returns nothing", () => undefined],
    ["returns a number", () => 7],
    ["returns an object", () => ({ path: "/todo" })],
    ["returns a promise", async () => "/todo"],
  ])("one that %s", async (_name, target) => {
    const { execution, act, requests } = await sent(target, { name: "a" })
    const { error } = await over(execution)
    expect(error).toBeDefined()
    expect([act.error.value, act.isLoading.value, requests]).toEqual([error, false, []])
  })
})
