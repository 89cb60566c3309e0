// The command `npm run simulate`: runs seeds until their number or the time is up, shrinks the first that fails, and
// tells how much was simulated.
//   --seeds N     so many seeds (default: until the time is up)
//   --minutes M   so many minutes at most (default: 1, where no seeds are given)
//   --seed S      the first seed, or the only one (default: a new one)
//   --steps A,B   of one seed, these steps alone, as a failing run prints them
//   --trace       prints all that happens
//   --known       the seeds that once failed, of known-seeds.json
//   --report F    writes how many passed, how many failed, and the failures into a file
//   --all         goes on after a seed that failed
//   --faults      puts faults into the package, one after the other, and wants each to be found within a CPU-minute
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { PLANTED, plant } from "./faults"
import { loadProduct, root } from "./product"
import { type Result, type RunOptions, run } from "./run"
import type { Product } from "./scene"
import { printSteps, readSteps, shrink } from "./shrink"

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    minutes: { type: "string" },
    seed: { type: "string" },
    steps: { type: "string" },
    trace: { type: "boolean" },
    known: { type: "boolean" },
    report: { type: "string" },
    all: { type: "boolean" },
    faults: { type: "boolean" },
  },
})

/** Without `--seed`, each call uses new seeds. */
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
const known = JSON.parse(readFileSync(new URL("tests/simulate/known-seeds.json", root), "utf8")) as { seed: number }[]

process.on("unhandledRejection", (error) => {
  console.error("Unhandled promise rejection:", error)
  process.exit(1)
})

const begin = process.cpuUsage()
const start = process.hrtime.bigint()
const minutesSince = () => Number(process.hrtime.bigint() - start) / 6e10
const cpuMinutes = () => {
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 6e7
}
const total = { seeds: 0, failures: [] as string[], simulated: 0, events: 0 }

function* seeds(): Generator<number> {
  if (values.known) for (const { seed } of known) yield seed
  const isOne = values.steps !== undefined || (values.seed !== undefined && !values.seeds && !values.minutes)
  const most = Number(values.seeds ?? (isOne ? 1 : values.known && !values.minutes ? 0 : Number.POSITIVE_INFINITY))
  const minutes = Number(values.minutes ?? (Number.isFinite(most) ? Number.POSITIVE_INFINITY : 1))
  for (let i = 0; i < most && minutesSince() < minutes; i++) yield first + i
}

async function tell(product: Product, { seed, steps, violation }: Result): Promise<void> {
  console.log(`seed ${seed} of ${steps.length} steps: ${violation}`)
  const failing = async (only: readonly number[]) => {
    const { violation: found } = await run(seed, product, { only: new Set(only) })
    return found !== undefined && kindOf(found) === kindOf(violation as string)
  }
  const left = values.steps
    ? steps.map(({ index }) => index)
    : await shrink(
        steps.map(({ index }) => index),
        failing,
      )
  const result = await run(seed, product, { only: new Set(left) })
  console.log(`  ${left.length} steps: ${result.violation}`)
  console.log(`  npm run simulate -- --seed ${seed} --steps ${printSteps(left) || "none"} --trace`)
}

/** The kind of a violation: its text without numbers, quotes and details. */
function kindOf(violation: string): string {
  return violation.replace(/\[.*|[\d"]+/g, "")
}

/** Plants each bug and checks that it is found within a minute. */
async function findPlanted(): Promise<boolean> {
  let isFound = true
  const sound = await loadProduct()
  for (const planted of PLANTED) {
    const product = await loadProduct(await plant(planted))
    const from = cpuMinutes()
    let found: Result | undefined
    for (let seed = first; found === undefined && cpuMinutes() - from < 1; seed++) {
      const result = await run(seed, product)
      if (result.violation === undefined) continue
      // A violation that the unchanged package has too does not count.
      if ((await run(seed, sound)).violation === undefined) found = result
    }
    const seconds = ((cpuMinutes() - from) * 60).toFixed(1)
    isFound &&= found !== undefined
    console.log(`${planted.name}: ${found ? `found in ${seconds} s: ${found.violation}` : "NOT FOUND"}`)
  }
  return isFound
}

if (values.faults) process.exit((await findPlanted()) ? 0 : 1)
const product = await loadProduct()
for (const seed of seeds()) {
  const options: RunOptions = {}
  if (values.steps) options.only = readSteps(values.steps)
  if (values.trace) options.print = (line) => console.log(line)
  options.print?.(`\n=== ${seed}`)
  const result = await run(seed, product, options)
  options.print?.(`\n=== end`)
  total.seeds++
  total.simulated += result.simulated
  total.events += result.count
  if (result.violation === undefined) continue
  total.failures.push(`seed ${result.seed}: ${result.violation}`)
  await tell(product, result)
  if (!values.all) break
}

const cpu = cpuMinutes()
const hours = (total.simulated / 3_600_000).toFixed(1)
const rate = Math.round(total.seeds / cpu)
const { failures } = total
const results = { passed: total.seeds - failures.length, failed: failures.length, failures }
console.log(
  `${results.passed} seeds passed, ${results.failed} failed; ${hours} simulated hours, ${total.events} events, ` +
    `${minutesSince().toFixed(1)} minutes, ${rate} seeds a CPU-minute`,
)
if (values.report) writeFileSync(values.report, JSON.stringify(results))
process.exit(results.failed === 0 ? 0 : 1)
