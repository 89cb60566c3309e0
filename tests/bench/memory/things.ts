// The objects whose memory is measured, each in its own page, ours and the peers'. `make` creates the given number and
// returns their owner. Some exist before, so that one-time costs do not count.
import { QueryObserver } from "@tanstack/query-core"
import EventEmitter2 from "eventemitter2"
import { EventEmitter } from "eventemitter3"
import mitt from "mitt"
import type { Query } from "raclette-wasm"
import { OURS, type Platform } from "../harness/cases"
import { makeBackend, reader } from "../peers/backend"
import { type Item, itemOf } from "../peers/items"
import { makeClient } from "../peers/query-core"
import { channelOf, makeRuntime, PLUGIN } from "../peers/raclette"
import { connectIo } from "../peers/socket-io"

/** Creates the i-th object. Its result stays referenced. */
type MakeOne = (i: number) => unknown

interface Maker {
  thing: string
  contender: string
  count: number
  prepare(platform: Platform): Promise<MakeOne>
}

const backend = makeBackend((path) => JSON.stringify(itemOf(path.slice(6))))

async function ourApi(platform: Platform) {
  const runtime = await makeRuntime(platform, { fetch: backend.fetch })
  const api = runtime.usePluginApi(PLUGIN)
  return { runtime, api, get: api.$data.item?.get as (args: object) => Query<Item> }
}

const listener = () => () => {}

const listeners: Record<string, (platform: Platform) => Promise<MakeOne>> = {
  async [OURS](platform) {
    const { api } = await ourApi(platform)
    return (i) => api.$eventbus.on(`ui/name${i}`, listener())
  },
  async mitt() {
    const emitter = mitt()
    return (i) => emitter.on(`ui/name${i}`, listener())
  },
  async eventemitter3() {
    const emitter = new EventEmitter()
    return (i) => void emitter.on(`ui/name${i}`, listener())
  },
  async "eventemitter2 (wildcards)"() {
    const emitter = new EventEmitter2({ wildcard: true, delimiter: "/", maxListeners: 0 })
    return (i) => void emitter.on(`ui/name${i}`, listener())
  },
}

const channels: Record<string, (platform: Platform) => Promise<MakeOne>> = {
  async [OURS](platform) {
    const { api } = await ourApi(platform)
    return (i) => api.$socket.on(`key${i}`, listener())
  },
  async "socket.io-client"() {
    const { client } = await connectIo()
    return (i) => void client.on(channelOf(`key${i}`), listener())
  },
}

function theirQuery(client: ReturnType<typeof makeClient>, i: number) {
  return new QueryObserver(client, { queryKey: ["item", String(i)], queryFn: reader(backend, `/item/${i}`) })
}

const idle: Record<string, (platform: Platform) => Promise<MakeOne>> = {
  async [OURS](platform) {
    const { get } = await ourApi(platform)
    return (i) => get({ params: { _id: String(i) } })
  },
  async "query-core"() {
    const client = makeClient()
    return (i) => theirQuery(client, i)
  },
}

const active: Record<string, (platform: Platform) => Promise<MakeOne>> = {
  async [OURS](platform) {
    const { get } = await ourApi(platform)
    return (i) => {
      const query = get({ params: { _id: String(i) } })
      query.dataArr.subscribe(listener())
      void query.execute()
      return query
    }
  },
  async "query-core"() {
    const client = makeClient()
    return (i) => {
      const observer = theirQuery(client, i)
      observer.subscribe(listener())
      return observer
    }
  },
}

const scopes: Record<string, (platform: Platform) => Promise<MakeOne>> = {
  async [OURS](platform) {
    const { runtime } = await ourApi(platform)
    return () => runtime.usePluginApi(PLUGIN)
  },
}

const makersOf = (thing: string, count: number, prepares: Record<string, Maker["prepare"]>): Maker[] =>
  Object.entries(prepares).map(([contender, prepare]) => ({ thing, contender, count, prepare }))

export const makers: Maker[] = [
  ...makersOf("listener of the bus", 50_000, listeners),
  ...makersOf("listener of the socket", 50_000, channels),
  ...makersOf("idle query", 10_000, idle),
  ...makersOf("active query, answered", 10_000, active),
  ...makersOf("scope", 10_000, scopes),
]

const held: unknown[] = []
let makeOne: MakeOne | undefined
let made = 0

/** Prepares, and creates a thousand objects that do not count. */
export async function prepare(index: number, platform: Platform): Promise<void> {
  makeOne = await makers[index]?.prepare(platform)
  makeMany(1000)
}

/** Creates more objects. */
export function makeMany(count: number): void {
  for (let i = 0; i < count; i++) held.push(makeOne?.(made++))
}
