// Requests use the settings that were current when the query asked, while anything of the query is in flight.
import { describe, expect, it } from "vitest"
import { Credentials } from "../../js-glue/runtime/credentials"
import type { FetchEffect } from "../../js-glue/runtime/effects"
import { PLAIN, type RequestOptions, Requests } from "../../js-glue/runtime/requests"
import type { Operation } from "../../js-glue/types"
import type { FetchEvents, FetchRequest } from "../../js-glue/types/drivers"
import { flush, makeRuntime } from "./harness"
import { offlineConfig } from "./mutable-config"

function made() {
  const sent: (FetchRequest & FetchEvents)[] = []
  const ended: unknown[] = []
  const requests = new Requests(
    (request, events) => {
      sent.push({ ...request, ...events })
      return () => {}
    },
    new Credentials(undefined),
    { done: (...end) => ended.push(end), failed: (...end) => ended.push(end) },
  )
  const effect = (fetch: number, query: number): FetchEffect => ({
    ...{ type: "startFetch", fetch, query, body: 0, renewAuth: false, key: "", variant: "" },
    ...{ method: "GET", url: "http://backend.test/" },
  })
  const start = async (fetch: number, query: number) => {
    requests.expect(effect(fetch, query))
    requests.start(effect(fetch, query), undefined)
    await flush()
    return sent.at(-1) as FetchRequest & FetchEvents
  }
  return { requests, effect, start, sent, ended }
}

const special: RequestOptions = { init: { mode: "cors" }, isStream: true, takesAny: true, takesEmpty: false }

describe("a request", () => {
  it("is made as its query's user wants it, and not as another's", async () => {
    const { requests, start } = made()
    requests.setOptions(1, special)
    expect(await start(10, 1)).toMatchObject({ init: special.init, isStream: true })
    expect(await start(11, 2)).toMatchObject({ init: {}, isStream: false, headers: { accept: "application/json" } })
  })

  it("is made as it was wanted when it was asked for, whatever became of its query before it starts", async () => {
    const { requests, effect, sent } = made()
    requests.setOptions(1, special)
    requests.expect(effect(10, 1))
    requests.setOptions(1, PLAIN)
    requests.start(effect(10, 1), undefined)
    await flush()
    expect(sent[0]?.init).toBe(special.init)
  })

  it("knows nothing of a query that is gone", async () => {
    const { requests, start } = made()
    requests.setOptions(1, special)
    requests.setOptions(1, PLAIN)
    expect(await start(10, 1)).toMatchObject({ init: {}, isStream: false })
  })

  it.each([
    ["null", null, "taken"],
    ["cut off", undefined, "refused"],
    ["items", [{ _id: "1" }], "taken"],
    ["an item", { _id: "1" }, "taken"],
    ["an envelope", { type: "dataRead", body: { items: [] } }, "taken"],
    ["a text", "ok", "refused"],
    ["an envelope of no items", { type: "dataRead", body: { items: [1] } }, "refused"],
  ])("whose answer is %s ends as the query can show it", async (_name, body, outcome) => {
    const { requests, start, ended } = made()
    ;(await start(10, 1)).answered(200, body)
    expect(ended.pop()).toEqual(
      outcome === "taken" ? [10, 200, body, 0, 0] : [10, "BAD_RESPONSE", 200, JSON.stringify(body) ?? "", 0],
    )
    requests.setOptions(2, { ...PLAIN, takesAny: true, takesEmpty: true })
    ;(await start(11, 2)).answered(200, body)
    expect(ended.pop()).toEqual([11, 200, body, 0, 0])
  })
})

describe("what a query's user wants of its requests", () => {
  it("holds for a mutation that outlives its query, and for every try of it", async () => {
    const { runtime, platform } = await makeRuntime({ plugins: [offlineConfig] })
    const scope = runtime.usePluginApi("pacifico__todo")
    const { create } = scope.$data.todo as unknown as Record<"create", Operation>
    platform.life("offline")
    void create({ config: { headers: { "x-tenant": "7" } } }).execute({ name: "Milk" })
    scope.dispose()
    platform.life("online")
    await flush()
    expect(platform.request().headers.get("x-tenant")).toBe("7")
    platform.request().failed("cut")
    platform.advance(2000)
    await flush()
    expect(platform.request().headers.get("x-tenant")).toBe("7")
  })

  it("is that of the query which is left where another leaves a read that they share", async () => {
    const { runtime, platform } = await makeRuntime({ auth: () => ({ token: "t" }) })
    const api = runtime.usePluginApi("pacifico__todo")
    const { getAll } = api.$data.todo as unknown as Record<"getAll", Operation>
    const args = () => ({ config: { headers: { "x-tenant": "7" } }, options: { retry: 1 } })
    const [first, second] = [getAll(args()), getAll(args())]
    void first.execute()
    const execution = second.execute()
    await flush()
    first.dispose()
    platform.request().failed("cut")
    platform.advance(2000)
    await flush()
    expect(platform.request().headers.get("x-tenant")).toBe("7")
    platform.request().answered(200, [])
    expect((await execution).error).toBeUndefined()
  })
})
