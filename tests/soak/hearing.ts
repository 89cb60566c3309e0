// Checks the events that each client received, with its connections and reported gaps, against the committed changes.
// An event that a client missed must lie in a reported gap; it came once, except where docs/backend.md allows twice;
// events of one item came in order; and no event announces an uncommitted change. The order of events is taken from
// when any client first received each.
import type { Entry, Record, Write } from "./record"
import type { Timeline } from "./timeline"
import type { Violation } from "./violation"

/** How exactly the time of an event is known, in ms: this process' clients handle it one after the other. */
const BLUR = 1500
/** How long after an event its duplicate may come, in ms: the outbox' lease and its poll interval. */
const SECOND = 7000

/** How long after a duplicate later events may come again, in ms: Redis may be unreachable in between. */
const REPLAY_WINDOW = 30_000

interface Gap {
  /** How many events were received before. */
  after: number
  /** When the client was connected again, in ms since 1970. */
  to: number
}

/** The key of an event: channel, item and version. */
export function eventKey(channelKey: string, id: string, version: string | undefined): string {
  return `${channelKey} ${id} ${version}`
}

/** The events that one client received. */
export class Hearing {
  readonly name: string
  readonly events: { key: string; at: number }[] = []
  readonly gaps: Gap[] = []
  /** The history of its connection. Times are in ms since 1970. */
  readonly course: { at: number; what: string }[] = []
  isConnected = false

  constructor(name: string) {
    this.name = name
  }

  /** Records an event of the entity. The item's version in its payload identifies it. */
  hear(channelKey: string, payload: unknown, at = Date.now()): void {
    const [item] = (payload as { body: { items: { _id: string; updatedAt: string }[] } }).body.items
    if (item) this.events.push({ key: eventKey(channelKey, item._id, item.updatedAt), at })
  }

  /** Records that its session started (`isRecovered`: was recovered). */
  connected(isRecovered: boolean, at = Date.now()): void {
    this.isConnected = true
    this.course.push({ at, what: isRecovered ? "came back" : "began" })
    if (!isRecovered) this.gaps.push({ after: this.events.length, to: at })
  }

  lost(at = Date.now()): void {
    if (this.isConnected) this.course.push({ at, what: "lost" })
    this.isConnected = false
  }

  /** Whether a gap was reported soon after event `n`, which came at `at`. */
  readsAnew(n: number, at: number): boolean {
    return this.gaps.some(({ after, to }) => after > n && to - at < REPLAY_WINDOW)
  }

  /** The latest changes of its connection before `at`. */
  courseAt(at: number): string {
    const before = this.course.filter((step) => step.at <= at).slice(-4)
    return before.map((step) => `${step.what} ${at - step.at} ms before`).join(", ")
  }
}

/** An event that every client must receive. */
interface ExpectedEvent {
  key: string
  write: Write
  /** The index of its write among those of the item. */
  place: number
  id: string
}

const CHANNELS: { [Kind in Write["kind"]]: readonly string[] } = {
  create: ["todoCreated", "mySuperFancyCustomEvent"],
  update: ["todoUpdated"],
  delete: ["todoDeleted"],
  "hard delete": ["todoDeleted"],
}

/** The events of all committed writes, by key. `Record.check` has decided which unanswered writes were committed. */
function expectedEvents(record: Record): Map<string, ExpectedEvent> {
  const expected = record.entries.flatMap((entry) =>
    entry.writes.flatMap((write, place) => eventsOfWrite(entry, write, place)),
  )
  return new Map(expected.map((one) => [one.key, one]))
}

function eventsOfWrite({ id }: Entry, write: Write, place: number): ExpectedEvent[] {
  // The version of a row that was removed without a response is unknown.
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

  /** The events and connections of all clients. */
  print(): string {
    return this.#all.map(({ name, events, course }) => JSON.stringify({ name, course, events })).join("\n")
  }

  get count(): number {
    return this.#all.reduce((sum, { events }) => sum + events.length, 0)
  }

  /**
   * Finds events that clients lost without a reported gap, got twice or in a wrong order, or that announce no change.
   */
  check(record: Record): Violation[] {
    const expected = expectedEvents(record)
    const firsts = new Map<string, number>()
    for (const { events } of this.#all) {
      for (const { key, at } of events) firsts.set(key, Math.min(at, firsts.get(key) ?? at))
    }
    const unknown = unsettled(record)
    return this.#all.flatMap((hearing) => [
      ...findMissing(hearing, expected, firsts),
      ...this.#doubles(hearing, firsts),
      ...findDisorder(hearing, expected),
      ...findUntrue(hearing, expected, unknown),
    ])
  }

  /** A client that was offline when an event was sent twice gets both later, so the fault may lie before the first. */
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

function findMissing(hearing: Hearing, expected: Map<string, ExpectedEvent>, firsts: Map<string, number>): Violation[] {
  const heard = new Set(hearing.events.map(({ key }) => key))
  const gaps = hearing.gaps.map(({ after, to }) => {
    const last = hearing.events[after - 1]
    return { from: last ? (firsts.get(last.key) ?? last.at) : 0, to }
  })
  return [...expected.values()].flatMap(({ key, write }) => {
    if (heard.has(key)) return []
    const first = firsts.get(key)
    // It was sent between its commit and the time when a client first received it, which may itself have been late.
    const isInGap = gaps.some(({ from, to }) => {
      return to >= write.from - BLUR && (first === undefined || from <= first + BLUR)
    })
    if (isInGap) return []
    const whom = first === undefined ? "nobody heard it" : "others heard it"
    const at = first ?? write.to ?? write.from
    const detail = `${key}; ${whom}; its connection: ${hearing.courseAt(at + SECOND)}`
    return [{ what: "an event was lost without a reported gap", where: hearing.name, at, detail }]
  })
}

/**
 * Of what came twice the last time counts: who hears all of it again, ends with the same, and so does who reads anew
 * before the rest has come again.
 */
function findDisorder(hearing: Hearing, expected: Map<string, ExpectedEvent>): Violation[] {
  const { name, events } = hearing
  const last = new Map(events.map(({ key }, n) => [key, n]))
  const places = new Map<string, number>()
  return events.flatMap(({ key, at }, n) => {
    const one = expected.get(key)
    if (!one || last.get(key) !== n) return []
    const before = places.get(one.id) ?? -1
    places.set(one.id, Math.max(before, one.place))
    if (one.place >= before || hearing.readsAnew(n, at)) return []
    const detail = `${key} came late; its connection: ${hearing.courseAt(at)}`
    return [{ what: "events of one item came in a wrong order", where: name, at, detail }]
  })
}

/** Items with an unanswered write that may or may not be done: the versions of their events are unknown. */
function unsettled(record: Record): Set<string> {
  const isOpen = ({ version, isDone }: Write) => isDone !== false && version === undefined
  return new Set(record.entries.flatMap(({ id, writes }) => (id !== undefined && writes.some(isOpen) ? [id] : [])))
}

function findUntrue(
  { name, events }: Hearing,
  expected: Map<string, ExpectedEvent>,
  unknown: Set<string>,
): Violation[] {
  return events.flatMap(({ key, at }) => {
    const [, id = ""] = key.split(" ")
    if (expected.has(key) || unknown.has(id)) return []
    return [{ what: "an event announced a change that was not made", where: name, at, detail: key }]
  })
}
