// The bench of the event bus; see cases.ts for what it does.
import type { BenchOptions } from "../harness/builds"
import { runEverywhere } from "../harness/platforms"
import type { Report } from "../report"

export async function run(options: BenchOptions): Promise<Report> {
  return { name: "bus", title: "Event bus", ...(await runEverywhere("bus/cases.ts", options)) }
}
