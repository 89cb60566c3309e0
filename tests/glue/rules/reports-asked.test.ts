// Requests: query strings, paths, bodies, uploads, bulk operations and several executions of one query, in situations
// that users of other data libraries reported. Each test is named after its report.
import { describe, expect, it } from "vitest"
import { computed, reactive, ref } from "vue"
import { rows } from "./backend"
import {
  answer,
  asked,
  bodyOf,
  created,
  deleted,
  type Item,
  jsonOf,
  names,
  over,
  queryOf,
  read,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const optimistic = { options: { optimistic: true } }

/** Returns the request of one execution of a read. */
async function askedBy(params: object, target = "/todo/all"): Promise<string> {
  const { todo, platform } = await world<"find">({ operations: { find: { target, method: "get" } } })
  void todo.find({ params }).execute()
  await settle()
  return platform.request().url.replace("http://backend.test", "")
}

describe("query strings", () => {
  it("a Date is an instant, not the text of the browser's language (orval-labs/orval#2203)", async () => {
    const from = new Date(Date.UTC(2026, 0, 2))
    const text = encodeURIComponent("2026-01-02T00:00:00.000Z")
    expect(await askedBy({ from, range: { to: from } })).toBe(`/todo/all?from=${text}&range[to]=${text}`)
  })

  it("reserved characters in keys and values are encoded (pagopa/pdnd-interop-frontend#2082)", async () => {
    const { todo, platform } = await world()
    const params = { "a&b": "c=d&e", q: "50% + 1 #1?", "x[y]": "ü 🥛" }
    void todo.getAll({ params }).execute()
    await settle()
    expect(queryOf(platform.request())).toEqual(Object.entries(params))
  })

  it("a target with a query string gets no second question mark (restsharp/RestSharp#513)", async () => {
    expect(await askedBy({ limit: 2 }, "/todo/all?sort=name")).toBe("/todo/all?sort=name&limit=2")
    expect(await askedBy({}, "/todo/all?sort=name")).toBe("/todo/all?sort=name")
  })

  it.each(["hasOwnProperty", "constructor", "__proto__", "toString", "then"])(
    "a param may be called %s (nodejs/node#5642, sindresorhus/query-string#50)",
    async (name) => {
      const { todo, platform, errors } = await world()
      const params = JSON.parse(`{"${name}": "x", "y": 1}`)
      void todo.getAll({ params }).execute()
      void todo.create({ params, ...optimistic }).execute()
      await settle()
      expect(new Map(queryOf(platform.request()))).toEqual(new Map(Object.entries({ ...params, y: "1" })))
      expect(String(bodyOf(platform.requests[1] as never))).toBe(JSON.stringify(params))
      expect(errors).toEqual([])
    },
  )

  it("the order of keys makes no difference, at any depth (reduxjs/redux-toolkit#1668)", async () => {
    const { todo, platform } = await world()
    void todo.getAll({ params: { limit: 2, where: { done: false, by: "me" } } }).execute()
    void todo.getAll({ params: { where: { by: "me", done: false }, limit: 2 } }).execute()
    await settle()
    expect(platform.requests).toHaveLength(1)
  })
})

describe("paths", () => {
  it.each(["/todo/:id/:idType", "/todo/{id}/{idType}", "/todo/:id/{idType}"])(
    "%s: a name that another begins with (honojs/hono#5096, sandulat/routes-gen#38)",
    async (target) => {
      expect(await askedBy({ id: "1", idType: "2", more: 3 }, target)).toBe("/todo/1/2?more=3")
    },
  )

  it("a value that looks like a placeholder is only a value (FrigoEU/typescript-safe-router#4)", async () => {
    expect(decodeURIComponent(await askedBy({ a: ":b", b: "{a}" }, "/todo/:a/:b"))).toBe("/todo/:b/{a}")
  })

  it.each([
    ["0", 0],
    ["false", false],
    ["0", "0"],
  ])("%s is an id and not a missing one (marmelab/react-admin#9957, troyanskiy/ngx-resource#63)", async (text, _id) => {
    const { todo, platform } = await world()
    for (const operation of ["get", "update", "delete"] as const) void todo[operation]({ params: { _id } }).execute()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET", "PATCH", "DELETE"].map((method) => `${method} /todo/${text}`))
  })

  it("the item with the id 0 is changed and deleted like others (angular/in-memory-web-api#66)", async () => {
    const all = await world()
    const list = await shown(all, [
      { _id: 0, name: "zero" },
      { _id: 1, name: "one" },
    ])
    void all.todo.update(optimistic).execute({ _id: 0, name: "null" })
    expect(names(list)).toEqual(["null", "one"])
    await answer(all.platform, updated({ _id: 0, name: "null" }))
    void all.todo.delete(optimistic).execute({ _id: 0 })
    expect(names(list)).toEqual(["one"])
    await answer(all.platform, deleted(0))
    expect([names(list), all.errors]).toEqual([["one"], []])
  })

  it.each([
    ["null", null],
    ["an empty text", ""],
    ["nothing", undefined],
  ])("%s does not ask for the whole collection (colymba/silverstripe-restfulapi#21)", async (_name, _id) => {
    const { todo, platform } = await world()
    expect((await over(todo.delete({ params: { _id } }).execute())).error?.code).toBe("MISSING_PARAM")
    expect(platform.requests).toEqual([])
  })
})

describe("params that change", () => {
  it("two queries with one ref send one request and show the new list together (TanStack/query#4871)", async () => {
    const { todo, platform } = await world()
    const list = ref(1)
    const queries = [1, 2].map(() => todo.getAll({ params: { list } }))
    const seen: unknown[] = []
    const both = () => seen.push(queries.map((query) => names(query).join()))
    for (const id of [1, 2]) {
      list.value = id
      for (const query of queries) void query.execute()
      expect(platform.requests.map(asked)).toEqual([`GET /todo/all?list=${id}`])
      await answer(platform, read({ _id: `${id}`, name: `of ${id}` }))
      both()
    }
    expect(seen).toEqual([
      ["of 1", "of 1"],
      ["of 2", "of 2"],
    ])
  })

  it("a computed of a route's param has its current value at each execution (TanStack/query#5707)", async () => {
    const { todo, platform } = await world()
    const route = reactive({ params: { id: "1" } })
    const one = todo.get({ params: { _id: computed(() => route.params.id) } })
    void one.execute()
    route.params = { id: "2" }
    void one.execute()
    await settle()
    expect(platform.requests.filter(({ aborted }) => !aborted).map(asked)).toContain("GET /todo/2")
  })

  it("a filter that is cleared requests the first page again, one page (TanStack/query#5705)", async () => {
    const { todo, platform } = await world()
    const text = ref<string | undefined>()
    const list = todo.getAll({ params: { text, limit: 2 }, options: { useCache: false } })
    const page = (from: number) => ({ body: { items: rows(from, from + 1), hasMore: true } })
    void list.execute()
    await answer(platform, page(1))
    for (const from of [3, 5]) {
      void list.execute.next()
      await answer(platform, page(from))
    }
    text.value = "x"
    void list.execute()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2&text=x"])
    await answer(platform, read(...rows(1, 1)))
    text.value = undefined
    void list.execute()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2"])
    await answer(platform, page(1))
    expect(names(list)).toEqual(["1", "2"])
  })

  it("an array of ids filters each further page (apollographql/react-apollo#2544)", async () => {
    const { todo, platform } = await world()
    const teams = reactive(["a", "b"])
    const list = todo.getAll({ params: { teams, limit: 2 } })
    void list.execute()
    await answer(platform, { body: { items: rows(1, 2), hasMore: true } })
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2&offset=2&teams=a&teams=b"])
  })
})

describe("mutations", () => {
  it("several executions of one mutation are each sent and each resolve (TanStack/query#1827)", async () => {
    const called: unknown[] = []
    const { todo, platform } = await world()
    const create = todo.create({ options: { cb: (result: unknown) => called.push(result) } })
    const executions = ["a", "b", "c"].map((name) => create.execute({ name }))
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "a" }, { name: "b" }, { name: "c" }])
    for (const name of ["c", "a", "b"]) {
      platform.requests
        .find((request) => (jsonOf(request) as Item).name === name)
        ?.answered(200, created({ _id: name, name }))
      await settle()
    }
    const results = await Promise.all(executions)
    expect(results.map(({ result }) => result?.[0]?.name)).toEqual(["a", "b", "c"])
    expect(called).toHaveLength(3)
    expect(create.isLoading.value).toBe(false)
  })

  it("a file inside params is refused instead of being sent as {} (danialfarid/ng-file-upload#817)", async () => {
    for (const file of [new File(["x"], "a.txt"), new Blob(["x"]), new FormData()]) {
      const { todo, platform } = await world()
      const { error } = await over(todo.create().execute({ name: "a", file }))
      expect([error?.code, platform.requests]).toEqual(["BAD_ARGUMENT", []])
    }
  })

  it("a PUT with config.body sends the form, and no content type (reduxjs/redux-toolkit#3181)", async () => {
    const replace = { target: "/todo/:_id/file", method: "put" }
    const { todo, platform } = await world<"replace">({ operations: { replace } })
    const body = new FormData()
    body.append("file", new Blob(["x"]), "a.txt")
    void todo.replace({ params: { _id: "1" }, config: { body, headers: { "X-Tenant": "t" } } }).execute()
    await settle()
    expect(asked(platform.request())).toBe("PUT /todo/1/file")
    expect(bodyOf(platform.request())).toBe(body)
    expect(platform.request().headers.get("content-type")).toBe(null)
    expect(platform.request().headers.get("x-tenant")).toBe("t")
  })

  it("two uploads of one mutation each send their own file (reduxjs/redux-toolkit#2989)", async () => {
    const { todo, platform } = await world()
    const upload = todo.create()
    const files = ["a", "b"].map((text) => new Blob([text]))
    for (const file of files) void upload.execute(file)
    await settle()
    expect(platform.requests.map(bodyOf)).toEqual(files)
    expect(bodyOf(platform.request())).toBe(files[0])
  })
})

describe("bulk operations", () => {
  const operations = {
    deleteMany: { target: "/todo", method: "delete" },
    updateMany: { target: "/todo", method: "patch" },
  }
  const bulk = () => world<keyof typeof operations>({ operations })

  it("a DELETE sends its ids where the server reads them (restsharp/RestSharp#866)", async () => {
    const all = await bulk()
    const list = await shown(all, rows(1, 3))
    void all.todo.deleteMany(optimistic).execute({ ids: ["1", "3"] })
    await settle()
    expect(all.platform.requests.map(asked)).toEqual(["DELETE /todo?ids=1&ids=3"])
    expect(names(list)).toEqual(["2"])
  })

  it("without `optimistic`, all rows change with the response (marmelab/react-admin#9600)", async () => {
    const all = await bulk()
    const list = await shown(all, rows(1, 3, { views: 5 }))
    void all.todo.updateMany().execute({ ids: ["1", "3"], views: 0 })
    await answer(all.platform, updated(...rows(1, 1, { views: 0 }), ...rows(3, 3, { views: 0 })))
    expect(list.dataArr.value.map(({ views }) => views)).toEqual([0, 5, 0])
  })

  it("rows whose deletion fails are restored, each in its place (marmelab/react-admin#4445)", async () => {
    const all = await bulk()
    const list = await shown(all, rows(1, 4))
    void all.todo.deleteMany(optimistic).execute({ ids: ["1", "3"] })
    expect(names(list)).toEqual(["2", "4"])
    await answer(all.platform, { message: "no" }, 500)
    expect(names(list)).toEqual(["1", "2", "3", "4"])
  })
})

describe("reads by POST", () => {
  const operations = { search: { target: "/todo/search", method: "post", storeActionType: "dataRead" } }

  it("a different body is a different read, at any depth (sveltejs/kit#7545)", async () => {
    const { todo, platform } = await world<"search">({ operations })
    const queries = ["a", "b"].map((name) => todo.search({ params: { where: { or: [{ name }] } } }))
    for (const query of queries) void query.execute()
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual(["a", "b"].map((name) => ({ where: { or: [{ name }] } })))
    for (const name of ["a", "b"]) await answer(platform, read({ _id: name, name }))
    expect(queries.map(names)).toEqual([["a"], ["b"]])
  })

  it("a shown row follows a change made elsewhere (samdenty/gqless#62)", async () => {
    const all = await world<"search">({ operations })
    const search = all.todo.search({ params: { text: "x" } })
    void search.execute()
    await answer(all.platform, read(...rows(1, 2)))
    void all.todo.update(optimistic).execute({ _id: "2", name: "two" })
    expect(names(search)).toEqual(["1", "two"])
  })
})
