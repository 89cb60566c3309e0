// One run: starts the servers and clients, applies load while faults come and go, waits until everything has settled,
// and compares the result with the record.
import { availableParallelism } from "node:os"
import { setTimeout as pause } from "node:timers/promises"
import { watchBusyness } from "./busy"
import { Faults } from "./faults"
import { Hearings } from "./hearing"
import { editors } from "./people/editors"
import { officials } from "./people/officials"
import { loadPages } from "./people/page"
import type { Cast, Participant } from "./people/person"
import { readers } from "./people/readers"
import { writers } from "./people/writers"
import { drawPlan } from "./plan"
import { Record } from "./record"
import { Stage } from "./stage"
import { Timeline } from "./timeline"
import type { Violation } from "./violation"
import { LIMIT, Watching } from "./watching"

/** Writes per second of programs and pages together. */
const WRITERS = 12
const WRITES = 16
/** How long queued mutations may take after the faults, in ms: the longest delay between two attempts. */
const QUEUE_LIMIT = 50_000

export interface RunOptions {
  seed: number
  /** The duration from the first write until everything has settled, in ms. */
  length: number
  /** A module that plants a bug in the nodes, which the run must find. */
  planted?: string
  say(line: string): void
}

export interface Result {
  violations: Violation[]
  timeline: Timeline
  /** When the load began, in ms since 1970. */
  start: number
  summary: string[]
  hearings: Hearings
}

export async function run(options: RunOptions): Promise<Result> {
  const stage = await Stage.start(options.planted)
  try {
    return await runOn(stage, options)
  } finally {
    await stage.dispose()
  }
}

async function runOn(stage: Stage, { seed, length, say }: RunOptions): Promise<Result> {
  const record = new Record()
  const timeline = new Timeline()
  const people = await createParticipants({
    urls: stage.lines.map(({ url }) => url),
    front: stage.nginx.url,
    record,
    seed,
  })
  const lists = people.flatMap(({ scope, lists }) => lists.map((list) => ({ scope, list })))
  const watching = new Watching(lists, () => stage.todos(), timeline)
  const hearings = new Hearings(
    people.flatMap(({ hearing }) => hearing ?? []),
    timeline,
  )
  const faults = new Faults(stage, timeline)
  const endBusyness = watchBusyness(timeline, () => stage.nodes.flatMap(({ pid }) => pid ?? []))
  const start = Date.now()
  say(`${people.length} clients; ${stage.nodes.length} nodes behind ${stage.nginx.url}`)
  try {
    const { ends } = await applyLoad(people, watching, faults, { seed, length, start, say })
    const left = await settle(people, watching, hearings, record, stage)
    const found = [faults.violations, watching.violations, ...people.map(({ violations = [] }) => violations), left]
    const violations = [...found.flat(), ...crashesOf(stage)]
    const summary = summaryOf({ people, record, hearings, watching, timeline, load: ends })
    return { violations, timeline, start, summary, hearings }
  } finally {
    endBusyness()
    for (const person of people) void person.halt?.()
    await watching.end()
    for (const person of people) person.dispose()
  }
}

/** Creates all participants. */
async function createParticipants(cast: Cast): Promise<Participant[]> {
  const page = await loadPages()
  const people: Participant[] = writers(cast, WRITERS, WRITES)
  const times = Math.max(1, Math.floor(availableParallelism() / 2))
  for (let n = 0; n < times; n++) {
    people.push(...(await readers(cast, page, 2 * n * 11)), ...(await readers(cast, page, (2 * n + 1) * 11)))
    people.push(...(await editors(cast, page, n * 4)), ...officials(cast, n * 6))
  }
  return people
}

interface LoadOptions {
  seed: number
  length: number
  start: number
  say(line: string): void
}

/** Applies the load and carries out the planned faults. Resolves when both are over. */
async function applyLoad(
  people: Participant[],
  watching: Watching,
  faults: Faults,
  { seed, length, start, say }: LoadOptions,
) {
  const plan = drawPlan(seed, length)
  const work = people.map((person) => person.work?.())
  watching.begin()
  const broken = plan.faults.map(async (fault) => {
    await pause(Math.max(0, start + fault.at - Date.now()))
    say(`${((Date.now() - start) / 1000).toFixed(1)} s  ${fault.kind}`)
    await faults.carryOut(fault)
  })
  await Promise.all([...broken, pause(plan.ends)])
  const halted = people.map((person) => person.halt?.())
  await within(QUEUE_LIMIT, Promise.all([...work, ...halted]))
  await watching.end()
  return { ends: Date.now() - start }
}

/** Waits until everything has settled, with a timeout, and resolves with what has not. */
async function settle(people: Participant[], watching: Watching, hearings: Hearings, record: Record, stage: Stage) {
  for (const limit = Date.now() + LIMIT; ; await pause(500)) {
    const at = Date.now()
    const found = [
      ...(await watching.compare()),
      ...record.check(await stage.allTodos()),
      ...hearings.check(record),
      ...people.flatMap((person) => unsettledOf(person, at)),
    ]
    const waiting = await stage.waitingEvents()
    if (waiting > 0)
      found.push({ what: "events remain in the outbox", where: "the database", at, detail: `${waiting}` })
    if (found.length === 0 || Date.now() > limit) return found
  }
}

function unsettledOf({ name, hearing, waiting }: Participant, at: number): Violation[] {
  const found: Violation[] = []
  const left = waiting?.() ?? 0
  if (left > 0) found.push({ what: "queued changes were not sent", where: name, at, detail: `${left}` })
  if (hearing && !hearing.isConnected) {
    found.push({
      what: "a client is not connected",
      where: name,
      at,
      detail: `it heard ${hearing.events.length} events`,
    })
  }
  return found
}

function crashesOf(stage: Stage): Violation[] {
  return stage.nodes.flatMap(({ name, crashes }) =>
    crashes.map((detail) => ({ what: "a node crashed", where: name, at: Date.now(), detail })),
  )
}

async function within(limit: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, pause(limit, undefined, { signal: timer.signal }).catch(() => {})])
  timer.abort()
}

interface Outcome {
  people: Participant[]
  record: Record
  hearings: Hearings
  watching: Watching
  timeline: Timeline
  load: number
}

function summaryOf({ people, record, hearings, watching, timeline, load }: Outcome): string[] {
  const { writes } = record
  const answered = writes.filter(({ to }) => to !== undefined).length
  const unanswered = writes.length - answered
  const done = writes.filter(({ to, isDone }) => to === undefined && isDone).length
  const gaps = people.reduce((sum, { hearing }) => sum + Math.max(0, (hearing?.gaps.length ?? 0) - 1), 0)
  const faults = [...timeline.counts()].map(([kind, count]) => `${count} × ${kind}`).join(", ")
  const lists = people.reduce((sum, person) => sum + person.lists.length, 0)
  return [
    `writes: ${writes.length} in ${(load / 1000).toFixed(0)} s, ${answered} answered; of ${unanswered} without an answer ${done} were done`,
    `events heard: ${hearings.count}, by ${people.filter(({ hearing }) => hearing).length} clients, with ${gaps} gaps that were reported`,
    `faults: ${faults || "none"}; the machine was too busy for ${(timeline.starvedFor() / 1000).toFixed(0)} s`,
    `lists: ${lists}, looked at ${watching.looks} times; outside of a fault wrong for ${watching.worst.age} ms at worst (${watching.worst.where})`,
  ]
}
