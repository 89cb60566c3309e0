// Growth: one small operation beside a growing number of other objects. A case is an operation at one count. If the
// design promises a constant cost, the plot shows whether it is.
import { QueryObserver } from "@tanstack/query-core"
import type { PluginConfig, Query } from "raclette-wasm"
import {
  type Case,
  type Contender,
  casesOf,
  expectSame,
  OURS,
  type Platform,
  type Run,
  type Setting,
} from "../harness/cases"
import { type CaseResult, measureAll } from "../harness/measure"
import { makeBackend, reader } from "../peers/backend"
import { type Connect, emitters } from "../peers/emitters"
import { type Item, itemOf } from "../peers/items"
import { makeClient, schedule } from "../peers/query-core"
import { channelOf, config, connectRuntime, makeRuntime, PLUGIN } from "../peers/raclette"
import { connectIo } from "../peers/socket-io"

/** The kind of objects that grow in number, the maximum number, and the contenders. */
interface Axis {
  grows: string
  most: number
  contenders: Record<string, (platform: Platform, count: number) => Promise<Run> | Run>
}

const PAYLOAD = { open: true }

const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))

/** A run of `one`, which must call a listener exactly once. */
function counting(one: (i: number) => void | Promise<void>, calls: () => number, end: () => void): Run {
  let done = 0
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const running = one(done++)
        if (running) await running
      }
    },
    check: () => expectSame(calls(), done, "calls"),
    end,
  }
}

/** One event is emitted to one listener. */
function besideListeners(connect: Connect) {
  return async (platform: Platform, count: number) => {
    const { bus, end } = await connect(platform)
    let heard = 0
    bus.on("ui/open", () => heard++)
    for (let i = 1; i < count; i++) bus.on(`ui/name${i}`, () => {})
    return counting(
      () => bus.emit("ui/open", PAYLOAD),
      () => heard,
      end,
    )
  }
}

/** Registers and removes a listener. */
function comingAndGoing(connect: Connect) {
  return async (platform: Platform, count: number) => {
    const { bus, end } = await connect(platform)
    for (let i = 1; i < count; i++) bus.on(`ui/name${i}`, () => {})
    let done = 0
    const one = () => {
      bus.on("ui/open", () => {})()
      done++
    }
    return counting(one, () => done, end)
  }
}

const frameOf = (key: string) => `42${JSON.stringify([channelOf(key), { type: "dataUpdate", body: { items: [] } }])}`

/** Receives frames for one listener each. `turns`: for each name in turn, else always for the same. */
const framesOfOurs = (turns: boolean) => async (platform: Platform, count: number) => {
  const { runtime, socket } = await connectRuntime(platform)
  const { $socket } = runtime.usePluginApi(PLUGIN)
  let heard = 0
  for (let i = 0; i < count; i++) $socket.on(`key${i}`, () => heard++)
  const frames = many(turns ? count : 1, (i) => frameOf(`key${i}`))
  return counting(
    (i) => socket.feed(frames[i % frames.length] as string),
    () => heard,
    () => runtime.dispose(),
  )
}

const framesOfTheirs = (turns: boolean) => async (_: Platform, count: number) => {
  const { client, socket } = await connectIo()
  let heard = 0
  for (let i = 0; i < count; i++) client.on(channelOf(`key${i}`), () => heard++)
  const frames = many(turns ? count : 1, (i) => frameOf(`key${i}`))
  const one = async (i: number) => {
    socket.feed(frames[i % frames.length] as string)
    if (i % 10 === 9) await null
  }
  return counting(
    one,
    () => heard,
    () => client.close(),
  )
}

const backend = () => makeBackend((path) => JSON.stringify(itemOf(path.slice(6))))

async function ourQueries(platform: Platform, count: number, isActive: boolean) {
  const { runtime, socket } = await connectRuntime(platform, { fetch: backend().fetch })
  const get = runtime.usePluginApi(PLUGIN).$data.item?.get as (args: object) => Query<Item>
  const queries = many(count, (i) => get({ params: { _id: String(i) } }))
  if (isActive) for (const query of queries) await query.execute()
  return { runtime, socket, get, first: queries[0] as Query<Item> }
}

function theirQueries(count: number) {
  schedule("query-core (microtask)")
  const client = makeClient()
  const source = backend()
  const optionsOf = (i: number) => ({ queryKey: ["item", i], queryFn: reader(source, `/item/${i}`) })
  const observers = many(count, (i) => new QueryObserver(client, optionsOf(i)))
  return { client, observers, optionsOf }
}

/** Reads a cached response. */
const cachedRead: Axis["contenders"] = {
  async [OURS](platform, count) {
    const { runtime, first } = await ourQueries(platform, count, false)
    let good = 0
    const one = async () => {
      if ((await first.execute()).result?.[0]?._id === "0") good++
    }
    return counting(
      one,
      () => good,
      () => runtime.dispose(),
    )
  },
  "query-core fetchQuery"(_, count) {
    const { client, optionsOf } = theirQueries(count)
    const options = { ...optionsOf(0), staleTime: 1000 }
    let good = 0
    const one = async () => {
      if ((await client.fetchQuery(options))._id === "0") good++
    }
    return counting(
      one,
      () => good,
      () => client.clear(),
    )
  },
}

/** Receives an event that makes all reads of the entity stale, without a refetch. */
const staleByEvent: Axis["contenders"] = {
  async [OURS](platform, count) {
    const { runtime, socket } = await ourQueries(platform, count, false)
    let heard = 0
    runtime.$socket.on("itemUpdated", () => heard++)
    const frame = frameOf("itemUpdated")
    return counting(
      () => socket.feed(frame),
      () => heard,
      () => runtime.dispose(),
    )
  },
  async "query-core"(_, count) {
    const { client } = theirQueries(count)
    const { client: io, socket } = await connectIo()
    let heard = 0
    io.on(channelOf("itemUpdated"), () => {
      heard++
      void client.invalidateQueries({ queryKey: ["item"], refetchType: "none" })
    })
    const frame = frameOf("itemUpdated")
    const one = async () => {
      socket.feed(frame)
      await null
    }
    return counting(
      one,
      () => heard,
      () => io.close(),
    )
  },
}

/** Refetches one of many queries, with a new version of its item. */
const answeredAgain: Axis["contenders"] = {
  async [OURS](platform, count) {
    let version = 0
    const source = makeBackend((path) => JSON.stringify(itemOf(path.slice(6), version)))
    const runtime = await makeRuntime(platform, { fetch: source.fetch })
    const get = runtime.usePluginApi(PLUGIN).$data.item?.get as (args: object) => Query<Item>
    const queries = many(count, (i) => get({ params: { _id: String(i) }, options: { useCache: false } }))
    for (const query of queries) await query.execute()
    const first = queries[0] as Query<Item>
    let good = 0
    const one = async () => {
      version++
      await first.execute()
      if (first.dataArr.value[0]?.version === version) good++
    }
    return counting(
      one,
      () => good,
      () => runtime.dispose(),
    )
  },
  async "query-core (microtask)"(_, count) {
    schedule("query-core (microtask)")
    let version = 0
    const source = makeBackend((path) => JSON.stringify(itemOf(path.slice(6), version)))
    const client = makeClient()
    const observers = many(count, (i) => {
      return new QueryObserver(client, { queryKey: ["item", i], queryFn: reader(source, `/item/${i}`) })
    })
    for (const observer of observers) observer.subscribe(() => {})
    const first = observers[0] as (typeof observers)[number]
    let good = 0
    const one = async () => {
      version++
      await first.refetch()
      if (first.getCurrentResult().data?.version === version) good++
    }
    return counting(
      one,
      () => good,
      () => client.clear(),
    )
  },
}

/** Creates a plugin's scope with one operation, and disposes of it. */
const pluginScope: Axis["contenders"] = {
  async [OURS](platform, count) {
    const plugins: PluginConfig[] = many(count, (i) => ({ ...config, pluginKey: `bench__plugin${i}` }))
    const runtime = await makeRuntime(platform, { plugins })
    let made = 0
    const one = (i: number) => {
      const api = runtime.usePluginApi(`bench__plugin${i % count}`)
      if (api.$data.item?.get?.({ params: { _id: "1" } }).isLoading.value === false) made++
      api.dispose()
    }
    return counting(
      one,
      () => made,
      () => runtime.dispose(),
    )
  },
}

const pick = <T>(from: Record<string, T>, names: string[], make: (one: T) => Axis["contenders"][string]) =>
  Object.fromEntries(names.map((name) => [name, make(from[name] as T)]))

const BUSES = [OURS, "mitt", "eventemitter2 (wildcards)"]

export const axes: Axis[] = [
  { grows: "bus listeners, emit to 1", most: 100_000, contenders: pick(emitters, BUSES, besideListeners) },
  { grows: "bus listeners, on and off", most: 100_000, contenders: pick(emitters, BUSES, comingAndGoing) },
  {
    grows: "socket listeners, frame to 1",
    most: 100_000,
    contenders: { [OURS]: framesOfOurs(false), "socket.io-client": framesOfTheirs(false) },
  },
  {
    grows: "names, frames in turn",
    most: 100_000,
    contenders: { [OURS]: framesOfOurs(true), "socket.io-client": framesOfTheirs(true) },
  },
  { grows: "idle queries, cached read", most: 100_000, contenders: cachedRead },
  { grows: "idle queries, event", most: 100_000, contenders: staleByEvent },
  { grows: "active queries, 1 answered", most: 10_000, contenders: answeredAgain },
  { grows: "plugins, scope and operation", most: 10_000, contenders: pluginScope },
]

function casesOn(platform: Platform, { grows, most, contenders }: Axis): Case[] {
  const counts = [1, 10, 100, 1_000, 10_000, 100_000].filter((count) => count <= (platform.quick ? 1_000 : most))
  return counts.map((count) => ({
    group: grows,
    name: String(count),
    contenders: Object.entries(contenders).map(
      ([name, prepare]): Contender => ({ name, prepare: () => prepare(platform, count) }),
    ),
  }))
}

/** Measures all axes, with fewer rounds than elsewhere, since only the shape of the line matters. */
export function run(setting: Setting): Promise<CaseResult[]> {
  const effort = setting.quick ? { rounds: 2, sampleMs: 2 } : { rounds: 5, sampleMs: 10 }
  return measureAll(
    casesOf((platform) => axes.flatMap((axis) => casesOn(platform, axis)), setting),
    effort,
  )
}
