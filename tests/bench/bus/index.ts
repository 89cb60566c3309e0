// The bench of the event bus; see cases.ts for what it does.
import { runInBoth } from "../harness/platforms"
import type { Report } from "../report"

export async function run({ quick }: { quick: boolean }): Promise<Report> {
  return { name: "bus", title: "Event bus", ...(await runInBoth("bus/cases.ts", quick)) }
}
