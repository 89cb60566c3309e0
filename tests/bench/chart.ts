// Draws the charts of docs/bench from results.json alone: our cost as a multiple of each peer's, and the growth of
// costs.
import type { Line } from "./growth/lines"
import { OURS } from "./harness/cases"
import { ratioTo } from "./harness/measure"
import type { Places } from "./harness/platforms"
import { factor, time } from "./harness/table"
import type { Size } from "./size/shipped"
import { decades, element, line, logScale, picture, text } from "./svg"

/** The contents of `docs/bench/results.json`: the results of each bench. */
export interface Results {
  /** The machine on which it was measured. */
  about?: { cpu: string; cores: number; node: string }
  frames?: Partial<Places>
  bus?: Partial<Places>
  query?: Partial<Places>
  start?: Partial<Places>
  memory?: { things: { thing: string; contender: string; total: number }[] }
  growth?: { lines: Line[] }
  size?: { first: Size; all: Size; peers: Size[]; budget: Record<"first" | "all", { must: number }> }
}

/** One bar: our cost divided by a peer's. */
export interface Bar {
  label: string
  peer: string
  ratio: number
  budget: number | undefined
  /** The control's ratio, if there is one. */
  control: number | undefined
}

const CONTROL = "control (plain JS)"

/** The bars of the results: each case whose budget names a peer, in Chromium, and the memory of an active query. */
export function barsOf(results: Results): Bar[] {
  const measured = [results.frames, results.bus, results.query, results.start].flatMap((data) => data?.chromium ?? [])
  const bars = measured.flatMap(({ group, name, rows, budget }): Bar[] => {
    if (!budget || "ns" in budget) return []
    const ratio = ratioTo(budget.peer, rows)
    if (ratio === undefined) return []
    const medianOf = (contender: string) => rows.find((row) => row.contender === contender)?.median
    const [control, peer] = [medianOf(CONTROL), medianOf(budget.peer)]
    return [
      {
        label: `${group}, ${name}`,
        peer: budget.peer,
        ratio,
        budget: budget.ratio,
        control: control && peer && control / peer,
      },
    ]
  })
  bars.push(...sizeBar(results.size))
  const active = (results.memory?.things ?? []).filter(({ thing }) => thing.startsWith("active"))
  const [ours, theirs] = [true, false].map((isOurs) => active.find(({ contender }) => (contender === OURS) === isOurs))
  if (!ours || !theirs) return bars
  const memory = { label: `memory, ${ours.thing}`, peer: theirs.contender, ratio: ours.total / theirs.total }
  return [...bars, { ...memory, budget: 1, control: undefined }]
}

/** The download size of a page, beside the stack of peers. */
function sizeBar(size: Results["size"]): Bar[] {
  const peer = size?.peers[0]
  if (!size || !peer) return []
  const ratios = { ratio: size.first.brotli / peer.brotli, budget: size.budget.first.must / peer.brotli }
  return [{ label: "size, first load, brotli", peer: "peer stack", ...ratios, control: undefined }]
}

const WIDTH = 920
const ROW = 30
const LEFT = 370
const RIGHT = WIDTH - 70
const LOW = 0.0001
const HIGH = 100

/** The position of a ratio in the bar chart. */
export const ratioScale = logScale(LOW, HIGH, LEFT, RIGHT)

/** The bar chart. Left of 1× means cheaper than the peer. */
export function barChart(results: Results): string {
  const bars = barsOf(results)
  const top = 64
  const bottom = top + bars.length * ROW
  const grid = decades(LOW, HIGH).flatMap((ratio) => [
    line([ratioScale(ratio), top], [ratioScale(ratio), bottom], ratio === 1 ? "one" : "grid"),
    text(ratioScale(ratio), bottom + 16, `${ratio}×`, { class: "small", "text-anchor": "middle" }),
  ])
  const key =
    "Bars: ours as a multiple of the peer, shorter to the left of 1× is cheaper. Tick: budget. Ring: control in plain JavaScript."
  const label = "raclette-wasm beside its peers, in Chromium"
  const { about } = results
  const where = about ? [text(16, bottom + 38, `${about.cpu}, ${about.cores} cores`, { class: "small" })] : []
  const head = [text(16, 26, label, { class: "title" }), text(16, 46, key, { class: "small" }), ...where]
  const rows = bars.map((bar, i) => barRow(bar, top + i * ROW))
  return picture(WIDTH, bottom + 48, label, [...head, ...grid, ...rows])
}

function barRow({ label, peer, ratio, budget, control }: Bar, y: number): string {
  const [one, at] = [ratioScale(1), ratioScale(ratio)]
  const isGood = budget === undefined ? ratio <= 1 : ratio <= budget
  const middle = y + ROW / 2
  const parts = [
    text(LEFT - 10, middle - 1, label, { "text-anchor": "end" }),
    text(LEFT - 10, middle + 11, `beside ${peer}`, { class: "small", "text-anchor": "end" }),
    element("rect", {
      x: Math.min(one, at),
      y: middle - 7,
      width: Math.max(Math.abs(at - one), 1).toFixed(1),
      height: 14,
      class: isGood ? "good" : "bad",
    }),
    text(RIGHT + 8, middle + 4, factor(ratio)),
  ]
  if (budget !== undefined)
    parts.push(line([ratioScale(budget), middle - 11], [ratioScale(budget), middle + 11], "budget"))
  if (control !== undefined)
    parts.push(element("circle", { cx: ratioScale(control), cy: middle, r: 5, class: "control" }))
  return parts.join("")
}

const PANEL = { width: 460, height: 220 }
const PLOT = { left: 64, right: 300, top: 40, bottom: 180 }

/** The plot of growth: a panel for each kind of object, cost over count, both logarithmic. */
export function growthChart(results: Results): string {
  const lines = results.growth?.lines ?? []
  const grown = [...new Set(lines.map(({ grows }) => grows))]
  const label = "What an operation costs while there is more beside it, in Chromium"
  const panels = grown.map((grows, i) => {
    const [x, y] = [(i % 2) * PANEL.width, 40 + Math.floor(i / 2) * PANEL.height]
    const own = lines.filter((one) => one.grows === grows)
    return element("g", { transform: `translate(${x} ${y})` }, panel(grows, own))
  })
  const height = 50 + Math.ceil(grown.length / 2) * PANEL.height
  return picture(2 * PANEL.width, height, label, [text(16, 26, label, { class: "title" }), ...panels])
}

function panel(grows: string, lines: readonly Line[]): string {
  const costs = lines.flatMap(({ points }) => points.map(({ ns }) => ns))
  const counts = lines.flatMap(({ points }) => points.map(({ count }) => count))
  const low = 10 ** Math.floor(Math.log10(Math.min(...costs)))
  const high = 10 ** Math.ceil(Math.log10(Math.max(...costs) * 1.01))
  const x = logScale(1, Math.max(...counts, 10), PLOT.left, PLOT.right)
  const y = logScale(low, high, PLOT.bottom, PLOT.top)
  const grid = [
    ...decades(low, high).flatMap((ns) => [
      line([PLOT.left, y(ns)], [PLOT.right, y(ns)], "grid"),
      text(PLOT.left - 6, y(ns) + 4, time(ns).replace(/\.0+ /, " "), { class: "small", "text-anchor": "end" }),
    ]),
    ...decades(1, Math.max(...counts, 10)).map((count) =>
      text(x(count), PLOT.bottom + 15, count.toLocaleString("en"), { class: "small", "text-anchor": "middle" }),
    ),
  ]
  return [text(16, 26, grows), ...grid, ...curves(lines, x, y)].join("")
}

function curves(lines: readonly Line[], x: (count: number) => number, y: (ns: number) => number): string[] {
  let lowest = Number.NEGATIVE_INFINITY
  const byEnd = [...lines].sort((a, b) => (b.points.at(-1)?.ns ?? 0) - (a.points.at(-1)?.ns ?? 0))
  return byEnd.map(({ contender, points }, i) => {
    const names = contender === OURS ? "ours" : i % 2 === 1 ? "second" : ""
    const path = points.map(({ count, ns }, j) => `${j === 0 ? "M" : "L"}${x(count)} ${y(ns)}`).join("")
    const end = points.at(-1)
    // Moves the labels of lines that end close together apart.
    const at = Math.max(y(end?.ns ?? 1) + 4, lowest + 13)
    lowest = at
    const name = text(x(end?.count ?? 1) + 6, at, contender, { class: `small ${names}` })
    return element("path", { d: path, class: `line ${names}` }) + name
  })
}
