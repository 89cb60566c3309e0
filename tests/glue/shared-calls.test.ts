// Calls that share a request, in the situations in which users of other query libraries lost an answer, waited forever
// or made too many requests: disposal, abort and invalidation while others wait.
import { expect, it, vi } from "vitest"
import type { Operation } from "../../js-glue/types"
import { connect, eventFrame, flush, makeRuntime } from "./harness"

async function made() {
  const all = await makeRuntime()
  await connect(all.runtime, all.platform)
  const { $data, $socket } = all.runtime.usePluginApi("pacifico__todo")
  const { getAll } = $data.todo as unknown as { getAll: Operation }
  const answer = (name: string) => all.platform.request().answered(200, { body: { items: [{ _id: "1", name }] } })
  const created = () => all.platform.connection.text(eventFrame("todoCreated", {}))
  return { ...all, $socket, getAll, answer, created }
}

it("the answer reaches the others when the query that asked first is disposed of", async () => {
  const { getAll, platform, answer } = await made()
  const [first, second] = [getAll(), getAll()]
  const gone = first.execute()
  const calls = [second.execute(), second.execute()]
  await flush()
  first.dispose()
  expect((await gone).error?.code).toBe("DISPOSED")
  expect(platform.request().aborted).toBe(false)
  answer("a")
  for (const { result } of await Promise.all(calls)) expect(result).toEqual([{ _id: "1", name: "a" }])
  expect(second.isLoading.value).toBe(false)
})

it("a query that is made again after its disposal asks anew", async () => {
  const { getAll, platform, answer } = await made()
  const first = getAll()
  const gone = first.execute()
  await flush()
  const old = platform.request()
  first.dispose()
  const second = getAll()
  const call = second.execute()
  await flush()
  expect([old.aborted, (await gone).error?.code]).toEqual([true, "DISPOSED"])
  answer("a")
  expect((await call).result).toHaveLength(1)
})

it("abort() ends all calls at once, and the next call makes a request", async () => {
  const { getAll, platform, answer } = await made()
  const list = getAll()
  const calls = [list.execute(), list.execute(), list.execute()]
  await flush()
  list.abort()
  for (const { error } of await Promise.all(calls)) expect(error?.code).toBe("ABORTED")
  expect([list.isLoading.value, platform.requests.length]).toEqual([false, 0])
  const next = [list.execute(), list.execute()]
  await flush()
  answer("a")
  for (const { error } of await Promise.all(next)) expect(error).toBeUndefined()
})

it("calls during the request get its answer although an event follows, and those after the event a newer one", async () => {
  const { getAll, platform, answer, created } = await made()
  const list = getAll()
  const early = [list.execute(), list.execute()]
  await flush()
  created()
  const late = [list.execute(), list.execute()]
  created()
  late.push(list.execute())
  answer("old")
  await flush()
  expect(platform.requests).toHaveLength(1)
  answer("new")
  expect((await Promise.all(early)).map(({ result }) => result?.[0]?.name)).toEqual(["old", "old"])
  expect((await Promise.all(late)).map(({ result }) => result?.[0]?.name)).toEqual(["new", "new", "new"])
  expect([list.dataArr.value[0]?.name, platform.requests.length]).toEqual(["new", 0])
})

it("listeners that execute a query at one event share one request", async () => {
  const { getAll, platform, $socket, answer, created } = await made()
  const list = getAll()
  const results: unknown[] = []
  for (let i = 0; i < 3; i++) $socket.on("todoCreated", async () => results.push(await list.execute()))
  created()
  await flush()
  expect(platform.requests).toHaveLength(1)
  answer("a")
  await flush()
  expect([results.length, new Set(results).size]).toEqual([3, 1])
})

it("equal queries are all settled by one answer", async () => {
  const { getAll, answer } = await made()
  const lists = [getAll(), getAll(), getAll()]
  const calls = lists.flatMap((list) => [list.execute(), list.execute()])
  await flush()
  answer("a")
  await Promise.all(calls)
  expect(lists.map(({ isLoading }) => isLoading.value)).toEqual([false, false, false])
})

it("a failure reaches each call, and a call in a `cb` of the failure asks again", async () => {
  const { getAll, platform, answer } = await made()
  const again = vi.fn()
  const list: ReturnType<typeof getAll> = getAll({
    options: {
      cb: ({ error }) => {
        if (error) again(list.execute())
      },
    },
  })
  const calls = [list.execute(), list.execute()]
  await flush()
  platform.request().failed("no network")
  for (const { error } of await Promise.all(calls)) expect(error?.code).toBe("NETWORK_ERROR")
  await flush()
  expect([again.mock.calls.length, platform.requests.length]).toEqual([2, 1])
  expect(again.mock.calls[0]?.[0]).toBe(again.mock.calls[1]?.[0])
  answer("a")
  await flush()
  expect([list.error.value, list.isLoading.value]).toEqual([undefined, false])
})
