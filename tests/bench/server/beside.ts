// The stub beside the bare app: the maximum number of writes of each, with the same clients, in turns. Other load of
// the machine affects both within one turn, so the ratio of a turn is the most reliable number.
import { complaints } from "./judge"
import { CHANNELS } from "./ledger"
import type { Observed } from "./protocol"
import { Rig } from "./rig"
import { aligned, number, timeOf } from "./text"

/** The settings of a comparison. */
export interface Setting {
  listeners: number
  /** Writes per turn. */
  writes: number
}

export interface ComparisonPlan {
  settings: Setting[]
  turns: number
  /** Concurrent writes. */
  atOnce: number
  /** Writes that warm a rig up. */
  warmUp: number
}

/** One turn of both. */
export interface Turn {
  ours: Observed
  bare: Observed
}

export interface Comparison extends Setting {
  turns: Turn[]
}

/** Compares in all settings, one after the other. */
export async function compare(plan: ComparisonPlan): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const setting of plan.settings) comparisons.push({ ...setting, turns: await takeTurns(plan, setting) })
  return comparisons
}

async function takeTurns({ turns, atOnce, warmUp }: ComparisonPlan, { listeners, writes }: Setting): Promise<Turn[]> {
  const rigs: Rig[] = []
  try {
    for (const isBare of [false, true]) {
      const rig = await Rig.create({ clients: listeners, writes: warmUp, isBare })
      rigs.push(rig)
      await rig.grow(listeners)
      await rig.run({ pace: { atOnce }, writes })
    }
    const [ours, bare] = rigs as [Rig, Rig]
    const taken: Turn[] = []
    for (let turn = 0; turn < turns; turn++) {
      const observed = new Map<Rig, Observed>()
      for (const rig of turn % 2 === 0 ? [ours, bare] : [bare, ours]) {
        observed.set(rig, await rig.run({ pace: { atOnce }, writes }))
      }
      taken.push({ ours: observed.get(ours) as Observed, bare: observed.get(bare) as Observed })
    }
    return taken
  } finally {
    for (const rig of rigs) await rig.close()
  }
}

type Measure = (observed: Observed) => number

const writes: Measure = ({ answered, seconds }) => answered / seconds
const deliveries: Measure = ({ delivered, seconds }) => delivered / seconds

/** A line for each number of listeners, what a delivery costs, and whether all was as it has to be. */
export function comparisonOf(comparisons: Comparison[], { atOnce, turns }: ComparisonPlan): string {
  const head = [
    "listeners",
    "writes/s",
    "bare",
    "ratio",
    "from",
    "to",
    "deliveries/s",
    "bare",
    "ms/write",
    "bare",
    "ratio",
  ]
  const rows = comparisons.map(({ listeners, turns: taken }) => {
    const [rate, heard, time] = [writes, deliveries, timeOf].map((measure) => both(taken, measure)) as [
      Both,
      Both,
      Both,
    ]
    return [
      number(listeners),
      ...[number(rate.ours), number(rate.bare), rate.ratio.toFixed(2), rate.least.toFixed(2), rate.most.toFixed(2)],
      ...[number(heard.ours), number(heard.bare)],
      ...[time.ours.toFixed(2), time.bare.toFixed(2), time.ratio.toFixed(2)],
    ]
  })
  const all = comparisons.flatMap(({ turns: taken }) => taken.flatMap(({ ours, bare }) => [ours, bare]))
  const wrong = all.filter((observed) => complaints({ ...observed, latency: NONE }).length > 0).length
  return [
    `Beside a bare app of Fastify, Socket.IO and SQLite with the same durability: ${atOnce} writes at once, medians of`,
    `${turns} turns and of their ratios. ms/write is how long a write keeps the server's thread, the disk included.`,
    ...aligned([head, ...rows]),
    ...costOfDelivery(comparisons),
    wrong === 0
      ? "Every event of both came to every client once."
      : `In ${wrong} of ${all.length} not every event came once.`,
  ].join("\n")
}

/** Lateness does not count here, since writes are made as fast as the server accepts them. */
const NONE = { p50: 0, p90: 0, p99: 0, max: 0 }

/** What a delivery costs, by the fewest and the most listeners. */
function costOfDelivery(comparisons: Comparison[]): string[] {
  const [few, many] = [comparisons.at(0), comparisons.at(-1)]
  if (!few || !many || few === many) return []
  const between = (many.listeners - few.listeners) * CHANNELS.length
  const [fewTimes, manyTimes] = [both(few.turns, timeOf), both(many.turns, timeOf)]
  const [ours, bare] = [manyTimes.ours - fewTimes.ours, manyTimes.bare - fewTimes.bare]
  if (ours <= 0 || bare <= 0) return ["What a delivery costs cannot be told from these turns."]
  const cost = (time: number) => number((time * 1000) / between)
  return [`A delivery costs ${cost(ours)} µs of the server's thread, beside ${cost(bare)} µs.`]
}

interface Both {
  ours: number
  bare: number
  /** Of the ratios of the turns the median, the least and the greatest. */
  ratio: number
  least: number
  most: number
}

function both(turns: Turn[], of: Measure): Both {
  const ratios = turns.map(({ ours, bare }) => of(ours) / of(bare))
  return {
    ours: median(turns.map(({ ours }) => of(ours))),
    bare: median(turns.map(({ bare }) => of(bare))),
    ratio: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
