// The bench's report: a table for each ramp, and sentences that summarize it. Every number comes from the measurement.
import { boundBy, isDisturbed } from "./judge"
import { CHANNELS } from "./ledger"
import type { Observed } from "./protocol"
import type { Ramp } from "./ramp"
import type { Trial } from "./trial"

/** A number with thousands set apart, and a digit after the point below 10. */
export function number(value: number): string {
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0
  return value.toLocaleString("en", { maximumFractionDigits: digits })
}

type Column = [name: string, of: (observed: Observed, trial: Trial) => string]

const columns: Column[] = [
  ["deliveries/s", ({ delivered, seconds }) => number(delivered / seconds)],
  ["p50", ({ latency }) => number(latency.p50)],
  ["p90", ({ latency }) => number(latency.p90)],
  ["p99", ({ latency }) => number(latency.p99)],
  ["max ms", ({ latency }) => number(latency.max)],
  ["answer p99", ({ answerTime }) => number(answerTime.p99)],
  ["connect p50/p99", (_, { connectTime: time }) => (time ? `${number(time.p50)}/${number(time.p99)}` : "-")],
  ["server CPU %", ({ server }) => number(server.cpu)],
  ["no core %", ({ server }) => number(server.starved)],
  ["disk %", ({ server }) => number(server.disk)],
  ["RSS MB", ({ server }) => number(server.rss / 2 ** 20)],
  ["load CPU %", ({ loadClient }) => number(loadClient.cpu)],
]

/** The tries of a ramp, one a line. Times are in ms. */
export function tableOf({ steps }: Ramp<Trial>): string {
  const head = ["clients", "writes/s", ...columns.map(([name]) => name)]
  const rows = steps.map(({ result }) => {
    const { clients, rate, observed } = result
    return [number(clients), number(rate), ...columns.map(([, of]) => (observed ? of(observed, result) : "-"))]
  })
  const verdicts = steps.map(({ holds, result }) => (holds ? "holds" : result.complaints.join("; ")))
  const [first = "", ...lines] = aligned([head, ...rows])
  return [first, ...lines.map((line, i) => `${line}  ${verdicts[i]}`)].join("\n")
}

/** Lines of a table from its rows of cells. */
export function aligned(rows: string[][]): string[] {
  const [head = []] = rows
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((cells) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "))
}

/** What a ramp found, in sentences; `loadOf` puts a try's load into words, and `levelOf` what of it was raised. */
export function sumUp(
  { held, broke }: Ramp<Trial>,
  loadOf: (trial: Trial) => string,
  levelOf: (trial: Trial) => string,
  limit: string,
): string {
  const best = held?.result.observed
  const holds = best
    ? `One node holds ${loadOf(held.result)}: ${measures(best)}.`
    : "One node held none of these loads."
  if (!broke) return `${holds} It did not break: ${limit}.${best ? ` There ${boundBy(best)}.` : ""}`
  const { observed, complaints } = broke.result
  const bound = observed ? `; ${boundBy(observed)}` : ""
  return `${holds} It breaks at ${levelOf(broke.result)}: ${complaints.join("; ")}${bound}.`
}

function measures({ delivered, seconds, latency, server }: Observed): string {
  const times = `p50 ${number(latency.p50)} ms, p99 ${number(latency.p99)} ms`
  return `${number(delivered / seconds)} deliveries/s, ${times}, ${number(server.cpu)} % CPU, ${number(server.rss / 2 ** 20)} MB`
}

/** What a write and a delivery cost the server, by the highest rate that held with many listeners and with few. */
export function costs(many: Ramp<Trial>, few: Ramp<Trial>): string {
  const { level, ofMany, ofFew } = heldByBoth(many, few)
  if (!ofMany || !ofFew) return "What a write and a delivery cost is not known, since no rate held in both ramps."
  const perDelivery = (timeOf(ofMany) - timeOf(ofFew)) / ((ofMany.clients - ofFew.clients) * CHANNELS.length)
  if (perDelivery <= 0) return "What a delivery costs is too little, beside a write, to be told from these ramps."
  const emits = perDelivery * ofMany.clients * CHANNELS.length
  const rest = timeOf(ofMany) - emits
  const dearer = emits > rest ? "the emits are" : "the write itself is"
  const roughly = isDisturbed(ofMany) || isDisturbed(ofFew) ? "Roughly, since others used the cores: with" : "With"
  return [
    `${roughly} ${ofMany.clients} listeners at ${number(level)} writes/s a write takes ${number(timeOf(ofMany))} ms of the server's thread:`,
    `${number(rest)} ms for request, commit and outbox (waiting for the disk included),`,
    `${number(emits)} ms for ${ofMany.clients * CHANNELS.length} deliveries (${number(perDelivery * 1000)} µs each):`,
    `${dearer} what bounds the rate. A thread that nothing holds up could do ${number(1000 / timeOf(ofMany))} of them a second.`,
  ].join(" ")
}

/** The highest level that held in both ramps, and what was observed of it in each; nothing if there is none. */
function heldByBoth(many: Ramp<Trial>, few: Ramp<Trial>) {
  const heldIn = ({ steps }: Ramp<Trial>) =>
    new Map(steps.filter(({ holds }) => holds).map(({ level, result }) => [level, result.observed]))
  const [inMany, inFew] = [heldIn(many), heldIn(few)]
  const level = Math.max(...[...inMany.keys()].filter((key) => inFew.has(key)))
  return { level, ofMany: inMany.get(level), ofFew: inFew.get(level) }
}

/** How long a write kept the server's thread, running and waiting for the disk, in ms. */
export function timeOf({ server, seconds, answered }: Observed): number {
  return ((server.thread + server.disk) * seconds * 10) / answered
}

/** How far other programs disturbed the measurement. */
export function disturbance(ramps: Ramp<Trial>[]): string {
  const all = ramps.flatMap(({ steps }) => steps.flatMap(({ result }) => result.observed ?? []))
  const disturbed = all.filter(isDisturbed)
  if (disturbed.length === 0) return "Both processes had their cores nearly all the time."
  const worst = Math.max(...disturbed.map(({ server, loadClient }) => Math.max(server.starved, loadClient.starved)))
  return [
    `In ${disturbed.length} of ${all.length} steps a thread had to wait for a core that others used,`,
    `up to ${number(worst)} % of the time: the numbers are lower bounds.`,
  ].join(" ")
}
