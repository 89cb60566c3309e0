// `npm run bench`, after the build: runs the given benches, prints their results, and stores them in build/bench.
//   tsx tests/bench/main.ts [names] [--quick] [--publish]
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { availableParallelism, loadavg } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root } from "../support/process"
import { publish } from "./publish"
import type { Report } from "./report"

interface Bench {
  run(options: { quick: boolean }): Promise<Report>
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

const asked = process.argv.slice(2).filter((arg) => !arg.startsWith("--"))
const flags = process.argv.slice(2).filter((arg) => arg.startsWith("--"))
refuse("bench", asked, known)
refuse("option", flags, ["--quick", "--publish"])

const folder = join(root, "build/bench")
await mkdir(folder, { recursive: true })
for (const name of asked.length > 0 ? asked : known.filter((name) => name !== "server")) {
  const started = performance.now()
  const busy = busyness()
  const bench = (await import(pathToFileURL(join(import.meta.dirname, modules[name] as string)).href)) as Bench
  const report = await bench.run({ quick: flags.includes("--quick") })
  if (busy) report.text = `${busy}\n\n${report.text}`
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 1)}\n`)
  console.log(`\n== ${report.title} (${((performance.now() - started) / 1000).toFixed(0)} s)\n\n${report.text}`)
}
if (flags.includes("--publish")) await publish()

/** A warning if other programs use this machine, which makes times longer and less even. */
function busyness(): string | undefined {
  const [load = 0] = loadavg()
  const cores = availableParallelism()
  if (load < cores * 0.75) return undefined
  return `This machine was busy with something else as this began (load ${load.toFixed(1)} on ${cores} cores).`
}

function refuse(what: string, given: string[], allowed: string[]): void {
  const unknown = given.filter((name) => !allowed.includes(name))
  if (unknown.length === 0) return
  console.error(`Unknown ${what}: ${unknown.join(", ")}. Available: ${allowed.join(", ")}.`)
  process.exit(2)
}
