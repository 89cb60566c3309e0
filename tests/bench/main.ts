// `npm run bench`, after the build: runs the given benches, prints their results, and stores them in build/bench. Those
// that are not to be published, of a quick run or beside another version, are in a folder of their own there.
//   tsx tests/bench/main.ts [names] [--quick] [--publish] [--against <git ref>]
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { availableParallelism, loadavg } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { root } from "../support/process"
import type { BenchOptions, Build } from "./harness/builds"
import { buildOf } from "./harness/earlier"
import { publish } from "./publish"
import type { Report } from "./report"

interface Bench {
  run(options: BenchOptions): Promise<Report>
}

/** The modules of the benches, loaded only when needed. */
const modules: Record<string, string> = {
  frames: "frames/index.ts",
  bus: "bus/index.ts",
  query: "query/index.ts",
  start: "start/index.ts",
  size: "size/index.ts",
  memory: "memory/index.ts",
  growth: "growth/index.ts",
  server: "server/index.ts",
}

const known = Object.keys(modules).filter((name) => existsSync(join(import.meta.dirname, modules[name] as string)))

const { positionals, values } = argumentsOf(process.argv.slice(2))
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) stop(`Unknown bench: ${unknown.join(", ")}. Available: ${known.join(", ")}.`)
const asked = positionals.length > 0 ? positionals : known.filter((name) => name !== "server")
const { quick, publish: publishes, against: ref } = values
if (publishes && (quick || ref !== undefined))
  stop("--publish needs a whole run of this version alone: leave out --quick and --against.")
if (ref !== undefined && asked.includes("server")) stop("The bench `server` compares no versions: leave out --against.")
const against = ref === undefined ? undefined : await buildOf(ref).catch((error: Error): Build => stop(error.message))

const folder = join(root, "build/bench", against ? "against" : quick ? "quick" : "")
await mkdir(folder, { recursive: true })
for (const name of asked) {
  const started = performance.now()
  const busy = busyness()
  const bench = (await import(pathToFileURL(join(import.meta.dirname, modules[name] as string)).href)) as Bench
  const report = await bench.run({ quick, ...(against && { against }) })
  if (busy) report.text = `${busy}\n\n${report.text}`
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 1)}\n`)
  console.log(`\n== ${report.title} (${((performance.now() - started) / 1000).toFixed(0)} s)\n\n${report.text}`)
}
if (publishes) await publish()

function argumentsOf(args: string[]) {
  const options = {
    quick: { type: "boolean", default: false },
    publish: { type: "boolean", default: false },
    against: { type: "string" },
  } as const
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    const [what] = (error as Error).message.split(". ")
    return stop(`${what}. Available: --quick, --publish, --against <git ref>.`)
  }
}

/** A warning if other programs use this machine, which makes times longer and less even. */
function busyness(): string | undefined {
  const [load = 0] = loadavg()
  const cores = availableParallelism()
  if (load < cores * 0.75) return undefined
  return `This machine was busy with something else as this began (load ${load.toFixed(1)} on ${cores} cores).`
}

function stop(message: string): never {
  console.error(message)
  process.exit(2)
}
