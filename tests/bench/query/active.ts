// Active queries while events arrive: our runtime, beside socket.io-client combined with query-core as their users do
// it. Every subscriber must get the newest state.
import { type QueryClient, QueryObserver } from "@tanstack/query-core"
import type { Query } from "raclette-wasm"
import { type Case, type Contender, expectSame, OURS, type Platform, type Run } from "../harness/cases"
import { type Backend, makeBackend, reader } from "../peers/backend"
import { type Item, itemOf, itemsOf } from "../peers/items"
import { makeClient, schedule, schedulers } from "../peers/query-core"
import { channelOf, connectRuntime, PLUGIN } from "../peers/raclette"
import { connectIo } from "../peers/socket-io"

/** Clients with their events; `feed` lets one come in. */
interface Scene {
  backend: Backend
  feed(payload: object): void
  /** Calls `heard` for each event of the items. */
  onEvent(heard: (payload: Payload) => void): void
  end(): void
}

interface Payload {
  type: string
  body: { items: Item[] }
}

interface OurScene extends Scene {
  get(args?: object): Query<Item>
  getAll(args?: object): Query<Item>
}

interface TheirScene extends Scene {
  client: QueryClient
}

const EVENT = channelOf("itemUpdated")
const frameOf = (payload: object) => `42${JSON.stringify([EVENT, payload])}`
const eventOf = (items: Item[]): Payload => ({ type: "dataUpdate", body: { items } })

/** Holds the backend's version, which each round makes newer, and lets a round wait until a subscriber has it. */
class Versions {
  newest = 0
  #seen = 0
  #enough = 1
  #done = () => {}

  /** A new round begins; resolves when `enough` subscribers were told its version. */
  next(enough: number): Promise<void> {
    this.newest++
    this.#seen = 0
    this.#enough = enough
    return new Promise((resolve) => {
      this.#done = resolve
    })
  }

  /** A subscriber is told. */
  seen(version: number | undefined): void {
    if (version === this.newest && ++this.#seen === this.#enough) this.#done()
  }
}

async function ourScene(platform: Platform, answer: (path: string) => string): Promise<OurScene> {
  const backend = makeBackend(answer)
  const { runtime, socket } = await connectRuntime(platform, { fetch: backend.fetch })
  const { $data, $socket } = runtime.usePluginApi(PLUGIN)
  const { get, getAll } = $data.item as Pick<OurScene, "get" | "getAll">
  return {
    backend,
    get,
    getAll,
    feed: (payload) => socket.feed(frameOf(payload)),
    onEvent: (heard) => void $socket.on("itemUpdated", heard),
    end: () => runtime.dispose(),
  }
}

async function theirScene(answer: (path: string) => string): Promise<TheirScene> {
  const backend = makeBackend(answer)
  const client = makeClient()
  const { client: io, socket } = await connectIo()
  return {
    backend,
    client,
    feed: (payload) => socket.feed(frameOf(payload)),
    onEvent: (heard) => void io.on(EVENT, heard),
    end() {
      io.close()
      client.clear()
    },
  }
}

/** What a case does with either scene: sets it up, and returns one round and the check of the requests. */
type Act<S> = (scene: S, versions: Versions) => Promise<{ round(): Promise<void>; requests(rounds: number): number }>

interface ActiveCase {
  name: string
  /** The backend's answers, by path and version. */
  answer(path: string, version: number): string
  ours: Act<OurScene>
  theirs: Act<TheirScene>
  /** The requests of peers are shown, not checked. */
  showsRequests?: boolean
}

function activeCase(platform: Platform, { name, answer, ours, theirs, showsRequests }: ActiveCase): Case {
  const drive = async <S extends Scene>(act: Act<S>, make: (text: (path: string) => string) => Promise<S>) => {
    const versions = new Versions()
    const scene = await make((path) => answer(path, versions.newest))
    const { round, requests } = await act(scene, versions)
    const before = scene.backend.requests
    let rounds = 0
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          rounds++
          await round()
        }
      },
      check() {
        const made = scene.backend.requests - before
        if (!showsRequests) expectSame(made, requests(rounds), "requests")
        else if (made > requests(rounds)) throw new Error(`${made} requests in ${rounds} rounds`)
      },
      note: () => `${((scene.backend.requests - before) / rounds).toFixed(0)} requests`,
      end: () => scene.end(),
    } satisfies Run
  }
  const contenders: Contender[] = [
    { name: OURS, prepare: () => drive(ours, (text) => ourScene(platform, text)) },
    ...Object.keys(schedulers).map((peer) => ({
      name: peer,
      async prepare() {
        const run = await drive(theirs, theirScene)
        const scheduled = (times: number) => {
          schedule(peer)
          return run.run(times)
        }
        schedule(peer)
        return { ...run, run: scheduled }
      },
    })),
  ]
  return { group: "query", name, contenders }
}

/**
 * So many items are on screen, each by a query of its own; an event makes all of them stale, and they are read again.
 */
const invalidated = (count: number): ActiveCase => ({
  name: `${count.toLocaleString("en")} active queries invalidated and read again`,
  answer: (path, version) => JSON.stringify(itemOf(path.slice(6), version)),
  async ours({ get, onEvent, feed }, versions) {
    const queries = Array.from({ length: count }, (_, i) => get({ params: { _id: String(i) } }))
    await Promise.all(queries.map((query) => query.execute()))
    for (const query of queries) query.dataArr.subscribe(([item]) => versions.seen(item?.version))
    onEvent(() => {
      for (const query of queries) void query.execute()
    })
    const round = () => {
      const done = versions.next(count)
      feed(eventOf([]))
      return done
    }
    return { round, requests: (rounds) => rounds * count }
  },
  async theirs({ client, backend, onEvent, feed }, versions) {
    const observers = Array.from({ length: count }, (_, i) => {
      const options = { queryKey: ["item", i], queryFn: reader(backend, `/item/${i}`) }
      return new QueryObserver(client, { ...options, notifyOnChangeProps: ["data"] })
    })
    const first = versions.next(count)
    for (const observer of observers) observer.subscribe(({ data }) => versions.seen(data?.version))
    await first
    onEvent(() => void client.invalidateQueries({ queryKey: ["item"] }))
    const round = () => {
      const done = versions.next(count)
      feed(eventOf([]))
      return done
    }
    return { round, requests: (rounds) => rounds * count }
  },
})

const COUNT = 1000

/** The version of a list is that of its item `at`; the other items have to stay the very same objects. */
function listSeen(versions: Versions, count = COUNT, at = 0) {
  let held: Item | undefined
  return (items: readonly Item[] | undefined) => {
    if (!items || items.length === 0) return
    held ??= items[count - 1]
    if (items.length !== count || items[count - 1] !== held) throw new Error("An unchanged item has lost its identity")
    versions.seen(items[at]?.version)
  }
}

function theirList(client: QueryClient, backend: Backend, seen: ReturnType<typeof listSeen>) {
  const options = { queryKey: ["items"], queryFn: reader<Item[]>(backend, "/item/all") }
  const observer = new QueryObserver(client, { ...options, notifyOnChangeProps: ["data"] })
  observer.subscribe(({ data }) => seen(data))
  return observer
}

const listAnswer =
  (count = COUNT) =>
  (_path: string, version: number) =>
    JSON.stringify(itemsOf(count, version))

/** Refetches a list in which one item has changed. */
const listRead: ActiveCase = {
  name: "list of 1,000 read again, one item changed",
  answer: listAnswer(),
  async ours({ getAll }, versions) {
    const query = getAll({ options: { useCache: false } })
    await query.execute()
    query.dataArr.subscribe(listSeen(versions))
    const round = () => {
      const done = versions.next(1)
      void query.execute()
      return done
    }
    return { round, requests: (rounds) => rounds }
  },
  async theirs({ client, backend }, versions) {
    const first = versions.next(1)
    const observer = theirList(client, backend, listSeen(versions))
    await first
    const round = () => {
      const done = versions.next(1)
      void observer.refetch()
      return done
    }
    return { round, requests: (rounds) => rounds }
  },
}

/** Receives an event with one item of the middle of a list, which needs no request. */
const listEvent = (count: number): ActiveCase => ({
  name: `live list of ${count.toLocaleString("en")}, one item changed by an event`,
  answer: listAnswer(count),
  async ours({ getAll, feed }, versions) {
    const query = getAll({ options: { live: true } })
    await query.execute()
    query.dataArr.subscribe(listSeen(versions, count, count / 2))
    const round = () => {
      const done = versions.next(1)
      feed(eventOf([itemOf(count / 2, versions.newest)]))
      return done
    }
    return { round, requests: () => 0 }
  },
  async theirs({ client, backend, onEvent, feed }, versions) {
    const first = versions.next(1)
    versions.newest = 0
    theirList(client, backend, listSeen(versions, count, count / 2))
    await first
    onEvent(({ body }) => {
      const changed = new Map(body.items.map((item) => [item._id, item]))
      client.setQueryData<Item[]>(["items"], (items) => items?.map((item) => changed.get(item._id) ?? item))
    })
    const round = () => {
      const done = versions.next(1)
      feed(eventOf([itemOf(count / 2, versions.newest)]))
      return done
    }
    return { round, requests: () => 0 }
  },
})

/** Receives a thousand events at once, each of which makes its listener refetch the list. */
const burst: ActiveCase = {
  name: "burst of 1,000 events that read a list again",
  answer: (_path, version) => JSON.stringify(itemsOf(10, version)),
  showsRequests: true,
  async ours({ getAll, onEvent, feed }, versions) {
    const query = getAll()
    await query.execute()
    query.dataArr.subscribe(([item]) => versions.seen(item?.version))
    onEvent(() => void query.execute())
    return { round: () => feedBurst(feed, versions), requests: (rounds) => rounds * 2 }
  },
  async theirs({ client, backend, onEvent, feed }, versions) {
    const first = versions.next(1)
    theirList(client, backend, (items) => versions.seen(items?.[0]?.version))
    await first
    onEvent(() => void client.invalidateQueries({ queryKey: ["items"] }))
    return { round: () => feedBurst(feed, versions), requests: (rounds) => rounds * 1001 }
  },
}

function feedBurst(feed: Scene["feed"], versions: Versions): Promise<void> {
  const done = versions.next(1)
  for (let i = 0; i < 1000; i++) feed(eventOf([itemOf(i)]))
  return done
}

/** The cases of active queries. */
export const activeCases = (platform: Platform): Case[] => [
  {
    ...activeCase(platform, invalidated(COUNT)),
    budget: { peer: "query-core (microtask)", ratio: 0.8 },
  },
  activeCase(platform, listRead),
  activeCase(platform, listEvent(1000)),
  {
    ...activeCase(platform, listEvent(50_000)),
    budget: { peer: "query-core (microtask)", ratio: 0.5 },
  },
  activeCase(platform, burst),
]
