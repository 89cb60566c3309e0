// Checks deliveries: every event of every write must reach every client once, with the payload of the write's response.
// All clients get the same bytes, so the first frame of each event is parsed and the others are compared byte by byte.
// A copy that arrives after its step is unknown to the next step's ledger, which counts it as foreign.
import { isDeepStrictEqual } from "node:util"
import { type Percentiles, percentilesOf } from "./percentiles"

/** The events that one write makes, by their names on the wire. */
export const CHANNELS = ["plugin_pacifico__todo--todoCreated", "plugin_pacifico__todo--mySuperFancyCustomEvent"]

/** The deliveries to all clients. A delivery is one event at one client. */
export interface Heard {
  /** Expected deliveries: clients × writes × events per write. */
  expected: number
  /** Received deliveries, without duplicates. */
  delivered: number
  lost: number
  doubled: number
  /** Frames that belong to no write of the step. */
  foreign: number
  /** Events whose payload differs from the response to their write. */
  altered: number
  /** The time from when a write was due until a client got its event, in ms. */
  latency: Percentiles
}

interface KnownFrame {
  frame: Buffer
  write: number
  /** Its index among the events of the step. */
  event: number
  payload: unknown
}

/** The ledger of one step. */
export class Ledger {
  /** Resolves when all expected deliveries have arrived. */
  readonly complete: Promise<void>
  readonly #tag: string
  readonly #events: number
  readonly #known: KnownFrame[] = []
  /** By client: which of the known frames is likely to come next. */
  readonly #next: Int32Array
  readonly #counts: Uint8Array
  readonly #latencies: Float64Array
  readonly #dueAt: Float64Array
  readonly #answers: (string | undefined)[] = []
  #heard = { delivered: 0, doubled: 0, foreign: 0 }
  #finish: () => void = () => {}

  /** `tag` distinguishes the writes of this step from others. */
  constructor(tag: string, clients: number, writes: number) {
    this.#tag = tag
    this.#events = writes * CHANNELS.length
    this.#next = new Int32Array(clients)
    this.#counts = new Uint8Array(clients * this.#events)
    this.#latencies = new Float64Array(clients * this.#events)
    this.#dueAt = new Float64Array(writes)
    this.complete = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  /** The name of the todo of a write: what its events are recognized by. */
  nameOf(write: number): string {
    return `${this.#tag} ${write}`
  }

  /** A write was due at `at`, whenever it was sent. */
  due(write: number, at: number): void {
    this.#dueAt[write] = at
  }

  /** A write was answered with `body`. */
  answered(write: number, body: string): void {
    this.#answers[write] = body
  }

  /** A frame came to a client at `at`. */
  hear(client: number, frame: Buffer, at: number): void {
    const place = this.#placeOf(client, frame)
    const known = place === undefined ? undefined : this.#known[place]
    if (place === undefined || known === undefined) {
      this.#heard.foreign++
      return
    }
    this.#next[client] = place + 1
    const cell = client * this.#events + known.event
    if (this.#counts[cell] !== 0) {
      this.#heard.doubled++
      return
    }
    this.#counts[cell] = 1
    this.#latencies[this.#heard.delivered++] = at - (this.#dueAt[known.write] ?? 0)
    if (this.#heard.delivered === this.#counts.length) this.#finish()
  }

  /** The sum of it. */
  close(): Heard {
    const expected = this.#counts.length
    const { delivered } = this.#heard
    const altered = this.#known.filter(({ write, payload }) => {
      const answer = this.#answers[write]
      return answer !== undefined && !isDeepStrictEqual(payload, JSON.parse(answer))
    }).length
    const latency = percentilesOf(this.#latencies.slice(0, delivered))
    return { expected, lost: expected - delivered, ...this.#heard, altered, latency }
  }

  #placeOf(client: number, frame: Buffer): number | undefined {
    const next = this.#next[client] ?? 0
    if (this.#known[next]?.frame.equals(frame)) return next
    const place = this.#known.findIndex((known) => known.frame.equals(frame))
    if (place >= 0) return place
    const learnt = this.#read(frame)
    return learnt && this.#known.push(learnt) - 1
  }

  #read(frame: Buffer): KnownFrame | undefined {
    const [channel, payload] = parseEvent(frame)
    const name = nameIn(payload)
    const channelPlace = CHANNELS.indexOf(channel)
    const write = name?.startsWith(`${this.#tag} `) ? Number(name.slice(this.#tag.length + 1)) : Number.NaN
    if (channelPlace < 0 || !(write in this.#dueAt)) return undefined
    return { frame: Buffer.from(frame), write, event: write * CHANNELS.length + channelPlace, payload }
  }
}

function parseEvent(frame: Buffer): [string, unknown] {
  try {
    return JSON.parse(frame.toString("utf8", 2))
  } catch {
    return ["", undefined]
  }
}

function nameIn(payload: unknown): string | undefined {
  return (payload as { body?: { items?: { name?: string }[] } } | undefined)?.body?.items?.[0]?.name
}
