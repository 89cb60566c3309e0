// The bench of frames; see cases.ts for what it does.
import type { BenchOptions } from "../harness/builds"
import { runEverywhere } from "../harness/platforms"
import type { Report } from "../report"

export async function run(options: BenchOptions): Promise<Report> {
  return { name: "frames", title: "Frames", ...(await runEverywhere("frames/cases.ts", options)) }
}
