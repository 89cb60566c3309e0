// Reads, cached and not cached, by one caller and by many at once.
import { QueryObserver } from "@tanstack/query-core"
import type { Query } from "raclette-wasm"
import { type Case, type Contender, expectSame, OURS, type Platform, type Run } from "../harness/cases"
import { type Backend, makeBackend, reader } from "../peers/backend"
import { type Item, itemOf, itemsOf } from "../peers/items"
import { makeClient, schedule, schedulers } from "../peers/query-core"
import { makeRuntime, PLUGIN } from "../peers/raclette"

type Get = (args?: object) => Query<Item>

const list = JSON.stringify(itemsOf(10))

/** Answers `/item/all` with a list, and `/item/<id>` with that item. */
const items = () => makeBackend((path) => (path.endsWith("/all") ? list : JSON.stringify(itemOf(path.slice(6)))))

/** A runtime with its queries, and the backend behind it. */
async function ourData(platform: Platform) {
  const backend = items()
  const runtime = await makeRuntime(platform, { fetch: backend.fetch })
  const { $data } = runtime.usePluginApi(PLUGIN)
  const { get, getAll } = $data.item as { get: Get; getAll: Get }
  return { backend, get, getAll, end: () => runtime.dispose() }
}

/** A run that does `one` so many times in turn. */
function inTurn(one: (i: number) => Promise<void>, rest: Omit<Run, "run">): Run {
  let done = 0
  return {
    async run(times) {
      for (let i = 0; i < times; i++) await one(done++)
    },
    ...rest,
  }
}

/** Reads a cached response, which is stale once a second for both contenders. */
function cached(platform: Platform): Case {
  const start = performance.now()
  const check = (backend: Backend, last: unknown) => {
    expectSame(last, itemsOf(10), "the items")
    const most = 2 + (performance.now() - start) / 1000
    if (backend.requests > most) throw new Error(`${backend.requests} requests instead of at most ${most}`)
  }
  const ours: Contender = {
    name: OURS,
    async prepare() {
      const { backend, getAll, end } = await ourData(platform)
      const query = getAll()
      let last: unknown
      const one = async () => {
        last = (await query.execute()).result
      }
      return inTurn(one, { check: () => check(backend, last), end })
    },
  }
  const theirs: Contender = {
    name: "query-core fetchQuery",
    prepare() {
      const backend = items()
      const client = makeClient()
      const options = { queryKey: ["item"], queryFn: reader<Item[]>(backend, "/item/all"), staleTime: 1000 }
      let last: unknown
      const one = async () => {
        last = await client.fetchQuery(options)
      }
      return inTurn(one, { check: () => check(backend, last), end: () => client.clear() })
    },
  }
  const budget = { peer: theirs.name, ratio: 0.6 }
  return { group: "query", name: "cached execute()", contenders: [ours, theirs], budget }
}

/** Subscribes to a query of ours that is new, and resolves when its subscriber has seen the item. */
async function settleOurs(get: Get, id: number): Promise<void> {
  const query = get({ params: { _id: String(id) } })
  let shown: Item | undefined
  query.dataArr.subscribe(([item]) => {
    shown = item
  })
  await query.execute()
  query.dispose()
  if (shown?._id !== String(id)) throw new Error(`the subscriber of ${id} was shown ${shown?._id}`)
}

/** The same with a QueryObserver; the query is removed at once, as ours is. */
function settleTheirs(client: ReturnType<typeof makeClient>, backend: Backend, id: number): Promise<void> {
  const options = { queryKey: ["item", id], queryFn: reader(backend, `/item/${id}`) }
  const observer = new QueryObserver(client, options)
  return new Promise((resolve, reject) => {
    const end = observer.subscribe(({ status, data }) => {
      if (status === "pending") return
      end()
      client.getQueryCache().remove(observer.getCurrentQuery())
      if (data?._id === String(id)) resolve()
      else reject(new Error(`the subscriber of ${id} was shown ${data?._id}`))
    })
  })
}

/** `atOnce` queries that are new, begun together. `idOf`: what the j-th of the i-th round asks for. */
function settled(platform: Platform, name: string, atOnce: number, idOf: (i: number, j: number) => number): Case {
  const all = (i: number, one: (id: number) => Promise<void>) =>
    Promise.all(Array.from({ length: atOnce }, (_, j) => one(idOf(i, j)))).then(() => {})
  const requests = new Set(Array.from({ length: atOnce }, (_, j) => idOf(0, j))).size
  const counted = (backend: Backend, end: () => void, one: (id: number) => Promise<void>): Run => {
    let rounds = 0
    const round = (i: number) => {
      rounds++
      return all(i, one)
    }
    return inTurn(round, { check: () => expectSame(backend.requests, rounds * requests, "requests"), end })
  }
  const ours: Contender = {
    name: OURS,
    async prepare() {
      const { backend, get, end } = await ourData(platform)
      return counted(backend, end, (id) => settleOurs(get, id))
    },
  }
  const theirs = Object.keys(schedulers).map((name) => ({
    name,
    prepare() {
      const backend = items()
      const client = makeClient()
      const one = (id: number) => settleTheirs(client, backend, id)
      const run = counted(backend, () => client.clear(), one)
      const scheduled = (times: number) => {
        schedule(name)
        return run.run(times)
      }
      return { ...run, run: scheduled }
    },
  }))
  return { group: "query", name, contenders: [ours, ...theirs], per: atOnce }
}

/** A hundred calls of one query while its request is under way; each round asks for something new. */
function callers(platform: Platform): Case {
  const count = 100
  const ours: Contender = {
    name: OURS,
    async prepare() {
      const { backend, getAll, end } = await ourData(platform)
      const query = getAll()
      let rounds = 0
      const one = async (round: number) => {
        rounds++
        const answers = await Promise.all(Array.from({ length: count }, () => query.execute({ page: round })))
        if (answers.some(({ result }) => result?.length !== 10)) throw new Error("a caller got no answer")
      }
      return inTurn(one, { check: () => expectSame(backend.requests, rounds, "requests"), end })
    },
  }
  const theirs: Contender = {
    name: "query-core fetchQuery",
    prepare() {
      const backend = items()
      const client = makeClient()
      let rounds = 0
      const one = async (round: number) => {
        rounds++
        const options = { queryKey: ["item", round], queryFn: reader<Item[]>(backend, "/item/all") }
        const answers = await Promise.all(Array.from({ length: count }, () => client.fetchQuery(options)))
        if (answers.some(({ length }) => length !== 10)) throw new Error("a caller got no answer")
        client.removeQueries(options)
      }
      return inTurn(one, { check: () => expectSame(backend.requests, rounds, "requests"), end: () => client.clear() })
    },
  }
  const budget = { peer: theirs.name, ratio: 1 }
  return { group: "query", name: `${count} equal callers, each`, contenders: [ours, theirs], per: count, budget }
}

/** The cases of reads. */
export const readCases = (platform: Platform): Case[] => [
  cached(platform),
  {
    ...settled(platform, "fresh query to settled, one by one", 1, (i) => i),
    budget: { peer: "query-core (microtask)", ratio: 0.8 },
  },
  settled(platform, "fresh query to settled, 100 at once, each", 100, (i, j) => i * 100 + j),
  settled(platform, "fresh equal queries to settled, 100 at once, each", 100, (i) => i),
  callers(platform),
]
