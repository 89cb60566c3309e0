// The command `npm run soak`: one run of real processes through faults that a seed draws, and what it came to.
//   --minutes M   from the first write until all is settled (default: 3; no less than 1)
//   --seed S      draws the faults and what writers do (default: a new one)
//   --planted F   puts a fault into a node, which has to be found: lost-event or false-answer; exits with 0 if it was
//   --report F    writes how many checks passed, how many failed, and the failures into a file
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { root } from "../support/process"
import { PLANTED } from "./planted/planted"
import { run } from "./run"
import { printViolations } from "./violation"

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    seed: { type: "string" },
    planted: { type: "string" },
    report: { type: "string" },
  },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
if (!(minutes >= 1)) stop(`--minutes ${values.minutes}: it has to be a number, 1 at least.`)
if (!Number.isInteger(seed)) stop(`--seed ${values.seed}: it has to be a whole number.`)
const planted = values.planted === undefined ? undefined : PLANTED.find(({ name }) => name === values.planted)
if (values.planted !== undefined && !planted) {
  stop(`--planted ${values.planted}: there are ${PLANTED.map(({ name }) => name).join(" and ")}.`)
}

// The stage ends what it started when the process exits.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1))
process.on("unhandledRejection", (error) => {
  console.error("Unhandled promise rejection:", error)
  process.exit(1)
})

console.log(`seed ${seed}, ${minutes} min${planted ? `, with ${planted.name}` : ""}`)
const { violations, timeline, start, summary, hearings } = await run({
  seed,
  length: minutes * 60_000,
  ...(planted && { planted: planted.file }),
  say: (line) => console.log(line),
}).catch((error: unknown) =>
  stop(`The run could not go on (seed ${seed}): ${error instanceof Error ? error.stack : error}`),
)
const isFound = violations.some(({ what }) => planted?.whats.includes(what))
if (violations.length > 0) {
  console.log(`\nFaults, in seconds since the start of the load:\n  ${timeline.print(start).join("\n  ")}\n`)
  for (const line of printViolations(violations, start)) console.log(line)
  const file = join(root, `build/soak-${seed}.jsonl`)
  writeFileSync(file, hearings.print())
  console.log(`npm run soak -- --minutes ${minutes} --seed ${seed}\nThe events of each client are in ${file}`)
}
console.log(`\n${summary.join("\n")}`)
console.log(planted ? `${planted.name}: ${isFound ? "found" : "NOT FOUND"}` : `${violations.length} violations`)
const isGood = planted ? isFound : violations.length === 0
const failures = isGood ? [] : [`seed ${seed}\n${printViolations(violations, start).join("\n")}`]
const results = { passed: isGood ? 1 : 0, failed: failures.length, failures }
if (values.report) writeFileSync(values.report, JSON.stringify(results))
process.exit(isGood ? 0 : 1)

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
