// Random interleavings of reads, mutations (some optimistic, some refused), changes by others, late responses and lost
// connections, against a model of the server. At rest every list shows the server's state without optimistic remains,
// and no list ever showed an older version of an item after a newer one.
import fc from "fast-check"
import { expect, it } from "vitest"
import type { ExecuteResult, Operation, Query } from "../../js-glue/types"
import {
  connect,
  eventFrame,
  type FakeConnection,
  type FakePlatform,
  type FakeRequest,
  flush,
  makeRuntime,
} from "./harness"
import { mutableConfig } from "./mutable-config"

interface Todo {
  _id: string
  name: string
  updatedAt: number
  [key: string]: unknown
}

/** A step of a run: its kind, and a number that selects one of the existing objects. */
const step = fc.tuple(
  fc.constantFrom(
    "read",
    "create",
    "update",
    "delete",
    "other create",
    "other update",
    "other delete",
    "answer",
    "answer last",
    "refuse",
    "wait",
    "drop",
  ),
  fc.nat(1000),
)
type Step = readonly [string, number]

type Operations = Record<"getAll" | "create" | "update" | "delete", Operation>

class World {
  readonly #platform: FakePlatform
  readonly #todo: Operations
  readonly #lists: Query<Todo>[]
  readonly #server = new Map<string, Todo>()
  readonly #settled: Promise<ExecuteResult>[] = []
  /** Reads in flight. Each response contains the server's state at the time of the request. */
  readonly #takenUp = new WeakMap<FakeRequest, Todo[]>()
  readonly #reconnect: () => Promise<FakeConnection>
  #connection: FakeConnection
  #version = 0
  #ids = 0
  readonly tooOld: string[] = []

  constructor(
    platform: FakePlatform,
    connection: FakeConnection,
    api: { $data: object },
    reconnect: () => Promise<FakeConnection>,
  ) {
    this.#platform = platform
    this.#connection = connection
    this.#reconnect = reconnect
    this.#todo = (api.$data as { todo: Operations }).todo
    this.#lists = [{ options: { live: true } }, { options: {} }, { options: { live: true, useCache: false } }].map(
      (args) => {
        const list = this.#todo.getAll<Todo>(args as never)
        const newest = new Map<string, number>()
        list.dataArr.subscribe((items) => {
          for (const { _id, updatedAt } of items) {
            if (_id.startsWith("optimistic")) continue
            if (updatedAt < (newest.get(_id) ?? 0)) this.tooOld.push(_id)
            newest.set(_id, updatedAt)
          }
        })
        void list.execute()
        return list
      },
    )
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const [kind, n] of steps) {
      await this.#step(kind, n)
      await flush()
    }
  }

  /** Lets everything settle, and sends one more event, since some lists refetch only after events. */
  async rest(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      if (i === 1) this.#checkLive()
      if (i === 1) this.#change("dataCreate", "todoCreated")
      if (i === 1) for (const list of this.#lists) void list.execute()
      for (let quiet = 0; quiet < 3; quiet++) {
        await flush()
        while (this.#platform.requests.length > 0) {
          this.#answer(0, 200)
          await flush()
        }
        this.#platform.advance(3000)
      }
    }
    await Promise.all(this.#settled)
  }

  check(): void {
    const expected = [...this.#server.values()]
    const byId = (items: Todo[]) => [...items].sort((a, b) => (a._id < b._id ? -1 : 1))
    for (const list of this.#lists) {
      expect(byId(list.dataArr.value)).toEqual(byId(expected))
      expect(list.data.value).toEqual(Object.fromEntries(expected.map((todo) => [todo._id, todo])))
      expect(list.isLoading.value).toBe(false)
    }
    expect(this.tooOld).toEqual([])
  }

  /** Live lists need no further read after their first. */
  #checkLive(): void {
    const ids = [...this.#server.values()].map(({ _id, updatedAt }) => `${_id} ${updatedAt}`).sort()
    for (const list of [this.#lists[0], this.#lists[2]]) {
      if (list?.response.value === undefined) continue
      expect(list.dataArr.value.map(({ _id, updatedAt }) => `${_id} ${updatedAt}`).sort()).toEqual(ids)
    }
  }

  async #step(kind: string, n: number): Promise<void> {
    const known = [...this.#server.keys()]
    const _id = known[n % Math.max(known.length, 1)]
    const args = { options: { optimistic: n % 2 === 0 } }
    const mutate = (operation: Operation, params: object) => this.#settled.push(operation(args).execute({ ...params }))
    if (kind === "read") void this.#lists[n % this.#lists.length]?.execute()
    else if (kind === "create") mutate(this.#todo.create, { name: `n${n}` })
    else if (kind === "update" && _id) mutate(this.#todo.update, { _id, name: `n${n}` })
    else if (kind === "delete" && _id) mutate(this.#todo.delete, { _id })
    else if (kind === "other create") this.#change("dataCreate", "todoCreated")
    else if (kind === "other update" && _id) this.#change("dataUpdate", "todoUpdated", _id)
    else if (kind === "other delete" && _id) this.#change("dataDelete", "todoDeleted", _id)
    else if (kind === "answer") this.#answer(n, 200)
    else if (kind === "answer last") this.#answer(this.#platform.requests.length - 1, 200)
    else if (kind === "refuse") this.#answer(n, 500)
    else if (kind === "wait") this.#platform.advance(n)
    else if (kind === "drop") await this.#drop()
    for (const request of this.#platform.requests) this.#takeUp(request, n)
  }

  /** The server may read for a request long before its answer arrives. */
  #takeUp(request: FakeRequest, n: number): void {
    if (request.method === "GET" && n % 3 === 0 && !this.#takenUp.has(request))
      this.#takenUp.set(request, [...this.#server.values()])
  }

  #answer(n: number, status: number): void {
    const { requests } = this.#platform
    const request = requests[Math.max(n, 0) % Math.max(requests.length, 1)]
    if (!request) return
    const [actual, body] = status === 200 ? this.#serve(request) : [status, { message: "no" }]
    request.answered(actual, body)
  }

  /** The server's response to a request: status and body. */
  #serve(request: FakeRequest): [number, object] {
    if (request.method === "GET") {
      const items = this.#takenUp.get(request) ?? [...this.#server.values()]
      return [200, { type: "dataRead", body: { items } }]
    }
    const id = decodeURIComponent(request.url.split("/").at(-1) ?? "")
    const name = request.body ? (JSON.parse(request.body) as { name: string }).name : undefined
    if (request.method === "POST") return [201, this.#change("dataCreate", "todoCreated", undefined, name)]
    if (!this.#server.has(id)) return [404, { message: "There is no such todo" }]
    if (request.method === "PATCH") return [200, this.#change("dataUpdate", "todoUpdated", id, name)]
    return [200, this.#change("dataDelete", "todoDeleted", id)]
  }

  /** Changes the server's state. Connected clients get the event before the response. */
  #change(type: string, key: string, id = `id${++this.#ids}`, name = `by others ${this.#version}`) {
    const before = this.#server.get(id)
    const todo = { ...before, _id: id, name, updatedAt: ++this.#version }
    const isDeleted = type === "dataDelete"
    if (isDeleted) this.#server.delete(id)
    else this.#server.set(id, todo)
    const body = { items: [todo], ...(isDeleted && { deleted: [id] }), ...(before && { prevVersion: before }) }
    const payload = { type, body }
    this.#connection.text(eventFrame(key, payload))
    return payload
  }

  async #drop(): Promise<void> {
    this.#connection.closed("cut")
    this.#connection = await this.#reconnect()
  }
}

it("every list ends in the server's state, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { runtime, platform } = await makeRuntime({ plugins: [mutableConfig], notifications: false })
      const connection = await connect(runtime, platform)
      const reconnect = async () => {
        platform.advance(5000)
        return connect(runtime, platform)
      }
      const world = new World(platform, connection, runtime.usePluginApi("pacifico__todo"), reconnect)
      await world.run(steps)
      await world.rest()
      world.check()
      runtime.dispose()
      expect(platform.timers.size).toBe(0)
    }),
    { numRuns: 1000 },
  )
}, 60_000)
