// The bench of memory: bytes per listener, query and scope in both heaps (JavaScript's after garbage collection, the
// core's up to the last byte ever written), and whether both return to their size. Each object is measured in its own
// page, through Chromium's debugging protocol.
import type { CDPSession, Page } from "@playwright/test"
import { launchPlaywright } from "../harness/browsers"
import { type BenchOptions, buildsOf } from "../harness/builds"
import { bundleFile } from "../harness/bundle"
import { OURS, type Platform, type Version } from "../harness/cases"
import { messageOf } from "../harness/measure"
import { openSite, type Site } from "../harness/site"
import { factor, failureText, table } from "../harness/table"
import type { Report } from "../report"

type Churn = typeof import("./churn")
type Tap = typeof import("./tap")
type Things = typeof import("./things")

interface Heaps {
  javascript: number
  /** The core's memory up to the last byte written. */
  core: number
  /** The core's memory as the machine sees it. */
  coreSize: number
}

interface PerThing {
  thing: string
  contender: string
  javascript: number
  core: number
  total: number
}

/** A version that could not make a thing. */
interface Failure {
  thing: string
  contender: string
  reason: string
}

/** Responses are cached for a second; afterwards nothing references them. */
const SETTLED = 2500
const QUICK_COUNT = 2000
/** The churn before the first measurement, in ms, in which caches fill and code is compiled. */
const WARM_UP = 20_000
/** The churn between the two measurements, in ms. */
const CHURN = 600_000
/** Long enough to show a leak per name. */
const CHURN_OF_NAMES = 60_000

async function heapsOf(page: Page, session: CDPSession): Promise<Heaps> {
  await page.waitForTimeout(SETTLED)
  for (let i = 0; i < 3; i++) await session.send("HeapProfiler.collectGarbage")
  const { usedSize } = await session.send("Runtime.getHeapUsage")
  const { size, used } = await page.evaluate(async () => {
    const script = "/tap.js"
    return ((await import(script)) as Tap).coreMemory()
  })
  return { javascript: usedSize, core: used, coreSize: size }
}

/** A new page that sees the core's memory. */
async function openTapped(site: Site<Page>): Promise<{ page: Page; session: CDPSession }> {
  const page = await site.open()
  await page.evaluate(async () => {
    const script = "/tap.js"
    await import(script)
  })
  return { page, session: await page.context().newCDPSession(page) }
}

async function listMakers(
  site: Site<Page>,
): Promise<Pick<Things["makers"][number], "thing" | "contender" | "count">[]> {
  const page = await site.open()
  const makers = await page.evaluate(async () => {
    const script = "/things.js"
    const { makers } = (await import(script)) as Things
    return makers.map(({ thing, contender, count }) => ({ thing, contender, count }))
  })
  await page.context().close()
  return makers
}

/** The memory of `count` additional objects, divided by `count`. */
async function perThing(site: Site<Page>, index: number, count: number, platform: Platform) {
  const { page, session } = await openTapped(site)
  await page.evaluate(
    async ([index, platform]) => {
      const script = "/things.js"
      await ((await import(script)) as Things).prepare(index, platform)
    },
    [index, platform] as const,
  )
  const before = await heapsOf(page, session)
  await page.evaluate(async (count) => {
    const script = "/things.js"
    ;((await import(script)) as Things).makeMany(count)
  }, count)
  const after = await heapsOf(page, session)
  await page.context().close()
  const [javascript, core] = [(after.javascript - before.javascript) / count, (after.core - before.core) / count]
  return { javascript, core, total: javascript + core }
}

/** All things, each of ours by each version in turn. */
async function allThings(site: Site<Page>, quick: boolean): Promise<{ things: PerThing[]; failures: Failure[] }> {
  const things: PerThing[] = []
  const failures: Failure[] = []
  for (const [index, { thing, contender: maker, count }] of (await listMakers(site)).entries()) {
    for (const [i, version] of site.versions.entries()) {
      if (i > 0 && maker !== OURS) continue
      const contender = maker === OURS ? version.name : maker
      try {
        const memory = await perThing(site, index, quick ? QUICK_COUNT : count, { ...version, quick })
        things.push({ thing, contender, ...memory })
      } catch (error) {
        if (i === 0) throw error
        failures.push({ thing, contender, reason: messageOf(error) })
      }
    }
  }
  return { things, failures }
}

/** Comes and goes for `ms`, after a warm-up, and compares. */
async function churning(site: Site<Page>, ms: number, makesUpChannels: boolean, platform: Platform) {
  const { page, session } = await openTapped(site)
  await page.evaluate(async (platform) => {
    const script = "/churn.js"
    await ((await import(script)) as Churn).prepare(platform)
  }, platform)
  const churn = (time: number) =>
    page.evaluate(
      async ([time, makesUpChannels]) => {
        const script = "/churn.js"
        return ((await import(script)) as Churn).churn(time, makesUpChannels)
      },
      [time, makesUpChannels] as const,
    )
  await churn(platform.quick ? 1000 : WARM_UP)
  const before = await heapsOf(page, session)
  const turns = await churn(ms)
  const after = await heapsOf(page, session)
  await page.context().close()
  // V8's own data (feedback, compiled code) varies, so this allows 100 kB. A leak of more than 8 bytes per turn fails.
  const most = Math.max(100_000, turns * 8)
  const returns = after.javascript - before.javascript < most && after.coreSize === before.coreSize
  return {
    channels: makesUpChannels ? "made up each time" : "of the config",
    turns,
    seconds: ms / 1000,
    before,
    after,
    returns,
  }
}

function thingTable(rows: readonly PerThing[]): string {
  const lines = rows.map((row, i) => {
    const ours = rows.find(({ thing, contender }) => thing === row.thing && contender === OURS)
    const isPeer = row.contender !== OURS
    const ratio = ours && ours.total / row.total
    const isBudget = isPeer && !row.contender.startsWith(OURS) && row.thing.startsWith("active")
    return [
      rows[i - 1]?.thing === row.thing ? "" : row.thing,
      row.contender,
      ...[row.javascript, row.core, row.total].map((bytes) => `${bytes.toFixed(0)} B`),
      isPeer && ratio ? factor(ratio) : "",
      isBudget ? "≤ 1×" : "",
      isBudget && ratio ? (ratio <= 1 ? "holds" : "MISSED") : "",
    ]
  })
  return table(["per", "contender", "JavaScript", "core", "together", "ours to it", "budget", ""], lines)
}

function churnTable({
  channels,
  turns,
  seconds,
  before,
  after,
  returns,
}: Awaited<ReturnType<typeof churning>>): string {
  const line = (name: string, one: number, other: number) => [
    name,
    ...[one, other, other - one].map((bytes) => bytes.toLocaleString("en")),
  ]
  const lines = [
    line("JavaScript", before.javascript, after.javascript),
    line("core, written", before.core, after.core),
    line("core, size", before.coreSize, after.coreSize),
  ]
  const head = `${turns.toLocaleString("en")} scopes came and went in ${seconds} s, with channels ${channels}. Returns: ${returns ? "yes" : "NO"}.`
  return `${head}\n\n${table(["bytes", "before", "after", "difference"], lines)}`
}

export async function run(options: BenchOptions): Promise<Report> {
  const { quick } = options
  const names = { "/things.js": "memory/things.ts", "/churn.js": "memory/churn.ts", "/tap.js": "memory/tap.ts" }
  const scripts: Record<string, string> = {}
  for (const [path, file] of Object.entries(names)) scripts[path] = await bundleFile(file)
  const site = await openSite(launchPlaywright, { scripts, builds: buildsOf(options) })
  const platform = { ...(site.versions[0] as Version), quick }
  try {
    const { things, failures } = await allThings(site, quick)
    const churns = [
      await churning(site, quick ? 3000 : CHURN, false, platform),
      await churning(site, quick ? 3000 : CHURN_OF_NAMES, true, platform),
    ]
    const failed = failures.map(({ thing, contender, reason }) => `${thing}: ${contender} ${failureText(reason)}`)
    const text = [thingTable(things), ...failed, ...churns.map(churnTable)].join("\n\n")
    return { name: "memory", title: "Memory, in Chromium", text, data: { things, failures, churns } }
  } finally {
    await site.close()
  }
}
