// The bench of frames; see cases.ts for what it does.
import { runInBoth } from "../harness/platforms"
import type { Report } from "../report"

export async function run({ quick }: { quick: boolean }): Promise<Report> {
  return { name: "frames", title: "Frames", ...(await runInBoth("frames/cases.ts", quick)) }
}
