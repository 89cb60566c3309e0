// The bench of queries; see cases.ts for what it does.
import type { BenchOptions } from "../harness/builds"
import { runEverywhere } from "../harness/platforms"
import type { Report } from "../report"

export async function run(options: BenchOptions): Promise<Report> {
  return { name: "query", title: "Queries", ...(await runEverywhere("query/cases.ts", options)) }
}
