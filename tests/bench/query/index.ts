// The bench of queries; see cases.ts for what it does.
import { runInBoth } from "../harness/platforms"
import type { Report } from "../report"

export async function run({ quick }: { quick: boolean }): Promise<Report> {
  return { name: "query", title: "Queries", ...(await runInBoth("query/cases.ts", quick)) }
}
