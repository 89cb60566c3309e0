// Writes docs/bench from build/bench: one file of numbers, and the charts drawn from it, as is the table of budgets in
// docs/bench.md. A bench that was not run keeps its earlier numbers.
import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { cpus } from "node:os"
import { join } from "node:path"
import { root } from "../support/process"
import { withBudgets } from "./budgets"
import { barChart, growthChart, type Results } from "./chart"
import type { Report } from "./report"

/** Publishes the reports in `from` (default: build/bench) in the documents of `docs`. */
export async function publish(from = join(root, "build/bench"), docs = join(root, "docs")): Promise<void> {
  const to = join(docs, "bench")
  const file = join(to, "results.json")
  const results: Record<string, object> = existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : {}
  for (const name of (await readdir(from)).filter((name) => name.endsWith(".json"))) {
    const report = JSON.parse(await readFile(join(from, name), "utf8")) as Report
    results[report.name] = report.data
  }
  results.about = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version }
  await mkdir(to, { recursive: true })
  await writeFile(file, `${JSON.stringify(results, withoutSamples, 1)}\n`)
  const published = JSON.parse(await readFile(file, "utf8")) as Results
  await writeFile(join(to, "bench.svg"), barChart(published))
  await writeFile(join(to, "growth.svg"), growthChart(published))
  const document = join(docs, "bench.md")
  await writeFile(document, withBudgets(await readFile(document, "utf8"), published))
}

/** Drops single samples, whose spread is enough, and digits after the fourth, which are noise. */
function withoutSamples(key: string, value: unknown): unknown {
  if (key === "samples") return undefined
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}
