// Frames: raw WebSocket text enters at the socket's `onmessage`, as in a browser, and leaves at the listeners.
// Microtasks run after every few frames for all contenders, since some dispatch in one.

import { type Budget, type Case, type Contender, expectSame, OURS, type Platform, type Run } from "../harness/cases"
import { suite } from "../harness/suite"
import { connectCentrifuge } from "../peers/centrifuge"
import { Control } from "../peers/control"
import { channelOf, connectRuntime, PLUGIN } from "../peers/raclette"
import { connectIo } from "../peers/socket-io"
import { type Encoding, flat, type Payload, payloadsOf } from "./payloads"
import { registrationCase } from "./registrations"

type Listener = (payload: unknown) => void

/** A connected client of any contender. */
interface Client {
  feed(frame: string): void
  end(): void
}

/** Connects a client with `listener` on each of `keys`. `payload`: whether the listener wants it. */
type Connect = (keys: readonly string[], listener: Listener, payload?: boolean) => Promise<Client> | Client

interface Shape {
  /** The channels with listeners. A repeated name means several listeners. */
  heard: readonly string[]
  /** The channels of the frames, used in turn. */
  sent: readonly string[]
  payloads: readonly Payload[]
  /** Frames between two runs of the microtasks. */
  batch: number
  /** Whether the listeners want the payload. Default: true. Peers parse it anyway. */
  payload?: boolean
}

const SIZES = { "100 B": 100, "1 kB": 1_000, "10 kB": 10_000, "100 kB": 100_000, "1 MB": 1_000_000 }
const HEAD = `42["${channelOf("itemUpdated")}",]`.length
const PULSE = "pulse"

const connects = (platform: Platform): Record<string, Connect> => ({
  [OURS]: async (keys, listener, payload = true) => {
    const { runtime, socket } = await connectRuntime(platform)
    const { $socket } = runtime.usePluginApi(PLUGIN)
    const options = payload ? undefined : { payload }
    for (const key of keys) $socket.on(key, (payload) => listener(payload), options)
    return { feed: (frame) => socket.feed(frame), end: () => runtime.dispose() }
  },
  "socket.io-client": async (keys, listener) => {
    const { client, socket } = await connectIo()
    for (const key of keys) client.on(channelOf(key), (payload) => listener(payload))
    return { feed: (frame) => socket.feed(frame), end: () => client.close() }
  },
  "control (plain JS)": (keys, listener) => {
    const control = new Control()
    for (const key of keys) control.on(channelOf(key), (payload) => listener(payload))
    return { feed: (frame) => control.socket.feed(frame), end() {} }
  },
})

const eventFrame = (key: string, payload: unknown) => flat(`42${JSON.stringify([channelOf(key), payload])}`)

/** Feeds `shape`'s frames to a client, and counts and compares what its listeners get. */
async function drive(connect: Connect, shape: Shape, frameOf = eventFrame): Promise<Run> {
  const { heard, sent, payloads, batch, payload: isWanted = true } = shape
  let calls = 0
  let last: unknown
  const hear = (payload: unknown) => {
    calls++
    last = payload
  }
  const client = await connect([...heard, PULSE], hear, isWanted)
  const length = Math.max(sent.length, payloads.length)
  const payloadAt = (i: number) => payloads[i % payloads.length]
  const frames = Array.from({ length }, (_, i) => frameOf(sent[i % sent.length] as string, payloadAt(i)))
  const perFrame = heard.filter((key) => key === sent[0]).length
  let expected = 0
  let fed = 0
  return {
    async run(times) {
      expected += times * perFrame
      for (let i = 0; i < times; ) {
        for (const end = Math.min(i + batch, times); i < end; i++) client.feed(frames[fed++ % length] as string)
        await null
      }
    },
    check() {
      expectSame(calls, expected, "calls of listeners")
      if (!isWanted) return
      if (perFrame > 0) expectSame(last, payloadAt((fed - 1) % length), "the payload")
      else if (last !== undefined) throw new Error("A listener of another event was called")
    },
    end: () => client.end(),
  }
}

const budgets: Record<string, number> = {
  "100 B latin1 to 0": 0.12,
  "100 kB latin1 to 0": 0.01,
  "100 B latin1 to 1": 0.5,
  "1 kB latin1 to 1": 0.6,
  "100 kB latin1 to 1": 1.02,
}

function sizeCase(platform: Platform, size: string, length: number, encoding: Encoding, listeners: number): Case {
  const shape: Shape = {
    heard: Array.from({ length: listeners }, () => "itemUpdated"),
    sent: ["itemUpdated"],
    payloads: payloadsOf(length - HEAD, encoding),
    batch: length > 10_000 ? 1 : 10,
  }
  const contenders = contendersOf(platform, shape)
  if (listeners === 1) contenders.push(centrifuge(shape))
  const ratio = budgets[`${size} ${encoding} to ${listeners}`]
  const budget: Budget | undefined = ratio === undefined ? undefined : { peer: "socket.io-client", ratio }
  const name = `${size} ${encoding} to ${listeners} listener${listeners === 1 ? "" : "s"}`
  return { group: "frame", name, contenders, ...(budget && { budget }) }
}

function contendersOf(platform: Platform, shape: Shape): Contender[] {
  return Object.entries(connects(platform)).map(([name, connect]) => ({ name, prepare: () => drive(connect, shape) }))
}

/** The same payloads in centrifuge's own frames. */
function centrifuge(shape: Shape): Contender {
  const connect: Connect = async (keys, listener) => {
    const { client, socket } = await connectCentrifuge(keys[0] as string, listener)
    return { feed: (frame) => socket.feed(frame), end: () => client.disconnect() }
  }
  const frameOf = (channel: string, data: unknown) => flat(JSON.stringify({ push: { channel, pub: { data } } }))
  return { name: "centrifuge", prepare: () => drive(connect, shape, frameOf) }
}

/** A listener that only has to know that the event came. */
function unreadCase(platform: Platform, size: string, length: number): Case {
  const payloads = payloadsOf(length - HEAD, "latin1")
  const shape: Shape = { heard: ["itemUpdated"], sent: ["itemUpdated"], payloads, batch: 10, payload: false }
  const name = `${size} latin1 to 1 listener that wants no payload`
  return { group: "frame", name, contenders: contendersOf(platform, shape) }
}

/** A thousand names have listeners. Frames have one of these names, or one of a thousand others. */
function nameCase(platform: Platform, size: string, length: number, isHit: boolean): Case {
  const heard = Array.from({ length: 1000 }, (_, i) => `key${i}`)
  const sent = isHit ? heard : heard.map((key) => `no-${key}`)
  const shape: Shape = { heard, sent, payloads: payloadsOf(length - HEAD, "latin1"), batch: 10 }
  const name = `${size}, ${isHit ? "hit" : "miss"} among 1,000 names`
  return { group: "frame", name, contenders: contendersOf(platform, shape) }
}

const makeCases = (platform: Platform): Case[] => [
  ...Object.entries(SIZES).flatMap(([size, length]) =>
    (["latin1", "UTF-16"] as const).flatMap((encoding) =>
      [0, 1, 10].map((listeners) => sizeCase(platform, size, length, encoding, listeners)),
    ),
  ),
  ...[true, false].flatMap((isHit) => [
    nameCase(platform, "100 B", 100, isHit),
    nameCase(platform, "1 kB", 1_000, isHit),
  ]),
  unreadCase(platform, "1 kB", 1_000),
  unreadCase(platform, "100 kB", 100_000),
  registrationCase(platform),
]

export const run = suite(makeCases)
