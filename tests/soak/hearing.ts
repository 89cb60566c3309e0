// Checks the events that each client received, with its connections and reported gaps, against the committed changes.
// An event that a client missed must lie in a reported gap; it came once, except where docs/backend.md allows twice;
// events of one item came in order; and no event announces an uncommitted change. The order of events is taken from
// when any client first received each.
import type { Entry, Record, Write } from "./record"
import type { Timeline } from "./timeline"
import type { Violation } from "./violation"

/** How exactly the place of an event is known, in ms: clients of this process hear it one after the other. */
const BLUR = 1500
/** As long may pass between the sending of an event and its second one, in ms: the loan of the outbox, and its round. */
const SECOND = 7000

/** So long after an event that came twice those after it may come again, in ms: Redis may be away in between. */
const AGAIN = 30_000

interface Gap {
  /** How many events were heard before. */
  after: number
  /** When the client was connected again, in ms since 1970. */
  to: number
}

/** The key of an event: of which channel, item and version it is. */
export function eventKey(channelKey: string, id: string, version: string | undefined): string {
  return `${channelKey} ${id} ${version}`
}

/** What one client heard. */
export class Hearing {
  readonly name: string
  readonly events: { key: string; at: number }[] = []
  readonly gaps: Gap[] = []
  /** When its connection came and went, in ms since 1970. */
  readonly course: { at: number; what: string }[] = []
  isConnected = false

  constructor(name: string) {
    this.name = name
  }

  /** Takes an event of the entity: its payload has the item, whose version tells it from others. */
  hear(channelKey: string, payload: unknown, at = Date.now()): void {
    const [item] = (payload as { body: { items: { _id: string; updatedAt: string }[] } }).body.items
    if (item) this.events.push({ key: eventKey(channelKey, item._id, item.updatedAt), at })
  }

  /** Its session began (`isRecovered`: went on). */
  connected(isRecovered: boolean, at = Date.now()): void {
    this.isConnected = true
    this.course.push({ at, what: isRecovered ? "came back" : "began" })
    if (!isRecovered) this.gaps.push({ after: this.events.length, to: at })
  }

  lost(at = Date.now()): void {
    if (this.isConnected) this.course.push({ at, what: "lost" })
    this.isConnected = false
  }

  /** Whether a gap was reported soon after its event `n`, which came at `at`. */
  readsAnew(n: number, at: number): boolean {
    return this.gaps.some(({ after, to }) => after > n && to - at < AGAIN)
  }

  /** What its connection went through last, as seen from `at`. */
  courseAt(at: number): string {
    const before = this.course.filter((step) => step.at <= at).slice(-4)
    return before.map((step) => `${step.what} ${at - step.at} ms before`).join(", ")
  }
}

/** An event that has to be told. */
interface Told {
  key: string
  write: Write
  /** Which write of its item it tells of. */
  place: number
  id: string
}

const CHANNELS: { [Kind in Write["kind"]]: readonly string[] } = {
  create: ["todoCreated", "mySuperFancyCustomEvent"],
  update: ["todoUpdated"],
  delete: ["todoDeleted"],
  "hard delete": ["todoDeleted"],
}

/** The events of all that was done, by their keys. `Record.check` has settled what was not answered. */
function toldOf(record: Record): Map<string, Told> {
  const told = record.entries.flatMap((entry) =>
    entry.writes.flatMap((write, place) => toldOfWrite(entry, write, place)),
  )
  return new Map(told.map((one) => [one.key, one]))
}

function toldOfWrite({ id }: Entry, write: Write, place: number): Told[] {
  // Of a row that was removed without an answer nobody knows the version.
  if (write.isDone !== true || write.version === undefined || id === undefined) return []
  return CHANNELS[write.kind].map((channel) => ({ key: eventKey(channel, id, write.version), write, place, id }))
}

export class Hearings {
  readonly #all: readonly Hearing[]
  readonly #timeline: Timeline

  constructor(all: readonly Hearing[], timeline: Timeline) {
    this.#all = all
    this.#timeline = timeline
  }

  /** What each client heard and went through. */
  print(): string {
    return this.#all.map(({ name, events, course }) => JSON.stringify({ name, course, events })).join("\n")
  }

  get count(): number {
    return this.#all.reduce((sum, { events }) => sum + events.length, 0)
  }

  /** What clients missed without being told, heard twice, in another order, or of what was not done. */
  check(record: Record): Violation[] {
    const told = toldOf(record)
    const firsts = new Map<string, number>()
    for (const { events } of this.#all) {
      for (const { key, at } of events) firsts.set(key, Math.min(at, firsts.get(key) ?? at))
    }
    const unknown = unsettled(record)
    return this.#all.flatMap((hearing) => [
      ...missing(hearing, told, firsts),
      ...this.#doubles(hearing, firsts),
      ...disorder(hearing, told),
      ...untrue(hearing, told, unknown),
    ])
  }

  /** Who was away when an event was sent twice hears both when it is back: what broke then did so before the first. */
  #doubles(hearing: Hearing, firsts: Map<string, number>): Violation[] {
    const { name, events } = hearing
    const heard = new Map<string, number>()
    return events.flatMap(({ key, at }) => {
      const first = heard.get(key)
      heard.set(key, first ?? at)
      if (first === undefined || this.#timeline.mayDouble((firsts.get(key) ?? first) - SECOND, at)) return []
      const detail = `${key}, ${at - first} ms after the first time, while nothing stood still; its connection: ${hearing.courseAt(at)}`
      return [{ what: "an event came twice", where: name, at, detail }]
    })
  }
}

function missing(hearing: Hearing, told: Map<string, Told>, firsts: Map<string, number>): Violation[] {
  const heard = new Set(hearing.events.map(({ key }) => key))
  const gaps = hearing.gaps.map(({ after, to }) => {
    const last = hearing.events[after - 1]
    return { from: last ? (firsts.get(last.key) ?? last.at) : 0, to }
  })
  return [...told.values()].flatMap(({ key, write }) => {
    if (heard.has(key)) return []
    const first = firsts.get(key)
    // It was sent between its commit and when somebody first heard it, who may have been told later as well.
    const isInGap = gaps.some(({ from, to }) => {
      return to >= write.from - BLUR && (first === undefined || from <= first + BLUR)
    })
    if (isInGap) return []
    const whom = first === undefined ? "nobody heard it" : "others heard it"
    const at = first ?? write.to ?? write.from
    const detail = `${key}; ${whom}; its connection: ${hearing.courseAt(at + SECOND)}`
    return [{ what: "an event was lost without a word", where: hearing.name, at, detail }]
  })
}

/**
 * Of what came twice the last time counts: who hears all of it again, ends with the same, and so does who reads anew before the
 * rest has come again.
 */
function disorder(hearing: Hearing, told: Map<string, Told>): Violation[] {
  const { name, events } = hearing
  const last = new Map(events.map(({ key }, n) => [key, n]))
  const places = new Map<string, number>()
  return events.flatMap(({ key, at }, n) => {
    const one = told.get(key)
    if (!one || last.get(key) !== n) return []
    const before = places.get(one.id) ?? -1
    places.set(one.id, Math.max(before, one.place))
    if (one.place >= before || hearing.readsAnew(n, at)) return []
    const detail = `${key} came late; its connection: ${hearing.courseAt(at)}`
    return [{ what: "events of one item came in another order", where: name, at, detail }]
  })
}

/** Items of which a write was done or not: the versions of its events are not known. */
function unsettled(record: Record): Set<string> {
  const isOpen = ({ version, isDone }: Write) => isDone !== false && version === undefined
  return new Set(record.entries.flatMap(({ id, writes }) => (id !== undefined && writes.some(isOpen) ? [id] : [])))
}

function untrue({ name, events }: Hearing, told: Map<string, Told>, unknown: Set<string>): Violation[] {
  return events.flatMap(({ key, at }) => {
    const [, id = ""] = key.split(" ")
    if (told.has(key) || unknown.has(id)) return []
    return [{ what: "an event told of what was not done", where: name, at, detail: key }]
  })
}
