// Executions in isolation, with a core that only counts: how one starts, is reused and ends, also when its query or the
// runtime is disposed.
import { describe, expect, it, vi } from "vitest"
import type { Context } from "../../js-glue/api/base/context"
import { type Executing, type Execution, Executions } from "../../js-glue/api/data/executions"
import { EntityType } from "../../js-glue/api/data/store"
import type { Reading } from "../../js-glue/api/data/turns"
import type { Patch } from "../../js-glue/api/data/view"
import { LogicalClock } from "../../js-glue/runtime/logical-clock"
import type { QueryArgs } from "../../js-glue/types"
import { flush } from "./harness"

function made() {
  let executions = 0
  const core = {
    rac_execute: vi.fn(
      (_runtime: number, _query: number, _body: number, _caller: number, _now: number) => ++executions,
    ),
    restore: vi.fn((_runtime: number, _query: number, _body: number, _key: string, _now: number) => ({
      value: ++executions,
    })),
    rac_reuse: vi.fn((_runtime: number, _query: number, _now: number) => 0),
    rac_joined: vi.fn((_runtime: number, _query: number) => 0),
    rac_abort_query: vi.fn(),
    rac_dispose_query: vi.fn(),
  }
  const pump = {
    disposed: false,
    followsEvent: false,
    now: () => 5,
    enter: <T>(call: (now: number) => T, now = 6) => call(now),
    responses: { get: (handle: number) => ({ body: `response ${handle}`, began: 1 }) },
    payloads: { add: vi.fn((_payload: object) => 70) },
    abortStreams: vi.fn(),
    clock: new LogicalClock(),
  }
  const context = { core, runtime: 9, pump } as unknown as Context
  return { core, pump, executions: new Executions(context) }
}

function queryOf(handle: number, change?: Patch["kind"], args: QueryArgs = {}, body?: string) {
  const began: Execution[] = []
  const query: Executing = {
    handle,
    args,
    waiting: 0,
    refusedAt: 0,
    operation: {
      ...{ handle: 1, pluginKey: "acme__shop", entity: "item", operation: "any", type: new EntityType(), change },
      shape: { hasBody: body !== undefined, placeholders: [], item: undefined, target: undefined },
      rules: {},
      isOffline: false,
    },
    params: { current: { name: "a" }, body },
    wanted: undefined,
    began: (execution) => began.push(execution),
    reused: ({ body }) => ({ response: body, result: [], error: undefined }),
  }
  return { query, began }
}

const good = { response: 1, result: [], error: undefined }

describe("an execution", () => {
  it("begins with the core's settings at the clock's time, and is known until it is over", async () => {
    const { core, executions } = made()
    const { query, began } = queryOf(3)
    const result = executions.begin(query)
    expect(core.rac_execute.mock.calls).toEqual([[9, 3, 0, 0, 5]])
    expect(began).toMatchObject([{ query, params: { name: "a" }, patches: [], reading: undefined }])
    expect([query.waiting, executions.find(1)]).toEqual([1, began[0]])
    executions.settle(1)?.resolve(good)
    expect([query.waiting, executions.find(1), executions.settle(1)]).toEqual([0, undefined, undefined])
    expect(await result).toBe(good)
  })

  it("of a mutation contains its body, and never reuses a response", () => {
    const { core, pump, executions } = made()
    core.rac_reuse.mockReturnValue(4)
    executions.begin(queryOf(3, "create", {}, '{"name":"a"}').query)
    expect(core.rac_reuse).not.toHaveBeenCalled()
    expect(pump.payloads.add.mock.calls).toEqual([[{ text: '{"name":"a"}', attachments: [] }]])
    expect(core.rac_execute.mock.calls).toEqual([[9, 3, 70, 0, 5]])
  })

  it("of a mutation that an earlier runtime stored keeps its key", () => {
    const { core, executions } = made()
    const { query } = queryOf(3, "create", {}, "{}")
    executions.begin(query, { key: "key-1" })
    expect(core.restore.mock.calls).toEqual([[9, 3, 70, "key-1", 5]])
    expect([core.rac_execute.mock.calls, executions.find(1)?.query]).toEqual([[], query])
  })

  it("that is optimistic has a patch from its own params", () => {
    const { executions } = made()
    const { query, began } = queryOf(3, "update", { options: { optimistic: true } })
    executions.begin({ ...query, params: { current: { _id: "1", name: "a" }, body: undefined } })
    expect(began[0]?.patches[0]?.apply({ _id: "1", done: true })).toEqual({ _id: "1", done: true, name: "a" })
  })

  it("of a read does not start if a response can be reused", async () => {
    const { core, executions } = made()
    core.rac_reuse.mockReturnValue(4)
    const { query, began } = queryOf(3)
    expect(await executions.begin(query)).toEqual({ response: "response 4", result: [], error: undefined })
    expect([core.rac_execute.mock.calls, began, query.waiting]).toEqual([[], [], 0])
  })

  it("of a read gets the promise of the one in flight that it would only repeat", async () => {
    const { core, executions } = made()
    const { query, began } = queryOf(3)
    const first = executions.begin(query)
    core.rac_joined.mockReturnValue(1)
    expect(executions.begin(query)).toBe(first)
    expect(executions.begin(query)).toBe(first)
    expect([core.rac_execute.mock.calls.length, began.length, query.waiting]).toEqual([1, 1, 1])
    expect(executions.settle(1)?.calls).toBe(3)
    executions.begin(query)
    expect(core.rac_execute).toHaveBeenCalledTimes(2)
  })

  it("of a read repeats the one in flight if that will not be shown, or belongs to no caller", () => {
    const { core, pump, executions } = made()
    const { query } = queryOf(3)
    executions.begin(query)
    core.rac_joined.mockReturnValue(1)
    executions.begin({ ...query, refusedAt: pump.clock.next() })
    core.rac_joined.mockReturnValue(5)
    executions.begin(query)
    expect(core.rac_execute).toHaveBeenCalledTimes(3)
  })

  it("that is part of reading several pages always sends a request", () => {
    const { core, executions } = made()
    core.rac_reuse.mockReturnValue(4)
    executions.begin(queryOf(3).query, { reading: {} as Reading })
    expect(core.rac_execute).toHaveBeenCalledTimes(1)
  })
})

describe("a query", () => {
  it("that aborts, or is disposed, ends its streams, and notifies the core", () => {
    const { core, pump, executions } = made()
    const { query } = queryOf(3)
    executions.end(query, false)
    expect([core.rac_abort_query.mock.calls, core.rac_dispose_query.mock.calls]).toEqual([[[9, 3, 6]], []])
    executions.end(query, true)
    expect(core.rac_dispose_query.mock.calls).toEqual([[9, 3, 6]])
    pump.disposed = true
    executions.end(query, true)
    expect(core.rac_dispose_query).toHaveBeenCalledTimes(1)
    expect(pump.abortStreams.mock.calls).toEqual([[3], [3], [3]])
  })

  it("that is disposed while executions wait settles them, and keeps counting them", async () => {
    const { executions } = made()
    const [mine, other] = [queryOf(3, "create").query, queryOf(4, "create").query]
    mine.operation.isOffline = true
    const results = [executions.begin(mine), executions.begin(mine)]
    let others = 0
    void executions.begin(other).then(() => others++)
    const ended = vi.spyOn(mine.operation.type, "ended")
    executions.leave(mine)
    for (const { error } of await Promise.all(results)) {
      expect(error).toMatchObject({ code: "DISPOSED", message: expect.stringContaining("still waits") })
    }
    expect([ended.mock.calls, mine.waiting, others]).toEqual([[[1], [2]], 2, 0])
    executions.settle(1)
    executions.settle(2)
    expect([mine.waiting, other.waiting]).toEqual([0, 1])
  })
})

it("all executions end with the runtime", async () => {
  const { executions } = made()
  const results = [3, 4].map((handle) => executions.begin(queryOf(handle).query))
  executions.abandon()
  await flush()
  for (const { error } of await Promise.all(results)) expect(error?.code).toBe("DISPOSED")
  expect(executions.find(1)).toBeUndefined()
})
