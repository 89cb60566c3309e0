// The bench's own arithmetic and fairness: its statistics, the order of contenders, its tables, and that wrong results
// of a contender are errors. No test reads a clock.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { root, run } from "../support/process"
import { budgetTable, withBudgets } from "./budgets"
import { barChart, barsOf, growthChart, type Results, ratioScale } from "./chart"
import { linesOf, shapeOf } from "./growth/lines"
import { modulesOf } from "./harness/builds"
import { type Case, type Contender, expectSame, OURS } from "./harness/cases"
import { type CaseResult, holds, measureCase, ratioTo } from "./harness/measure"
import { runInNode } from "./harness/platforms"
import { rotated, spreadOf } from "./harness/statistics"
import { caseTable, factor, table, time } from "./harness/table"
import { publish } from "./publish"
import type { Report } from "./report"

const EFFORT = { rounds: 3, sampleMs: 0.01 }

function result(ours: number, theirs: number, ratio = 1): CaseResult {
  const row = (contender: string, median: number) => ({
    contender,
    samples: [median],
    median,
    min: median,
    max: median,
  })
  const rows = [row(OURS, ours), row("peer", theirs)]
  return { group: "bus", name: "emit", rows, budget: { peer: "peer", ratio } }
}

describe("statistics", () => {
  it("take the middle, and halfway between two", () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 })
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
    expect(() => spreadOf([])).toThrow("No samples")
  })

  it("let everybody be the first in turn", () => {
    expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"])
    expect(rotated([], 5)).toEqual([])
  })

  it("say whether a budget holds by the ratio of medians", () => {
    expect(ratioTo("peer", result(1, 2).rows)).toBe(0.5)
    expect(ratioTo("nobody", result(1, 2).rows)).toBeUndefined()
    expect(holds(result(2, 2))).toBe(true)
    expect(holds(result(3, 2))).toBe(false)
    expect(holds({ ...result(3, 2), budget: { peer: "nobody", ratio: 1 } })).toBeUndefined()
  })

  it("say whether a budget of time holds by our median alone", () => {
    expect([2999, 3000, 3001].map((ours) => holds({ ...result(ours, 1), budget: { ns: 3000 } }))).toEqual([
      true,
      true,
      false,
    ])
    expect(holds({ ...result(1, 1), rows: [], budget: { ns: 3000 } })).toBeUndefined()
  })
})

describe("tables", () => {
  it("align columns", () => {
    expect(table(["a", "b"], [["long", "1"], ["x"]])).toBe("a     b\n----  -\nlong  1\nx")
  })

  it("write times and factors so that they can be read", () => {
    expect([1.234, 12.34, 123.4, 1234, 5e6, 7e9].map(time)).toEqual([
      "1.23 ns",
      "12.3 ns",
      "123 ns",
      "1.23 µs",
      "5.00 ms",
      "7.00 s",
    ])
    expect([0.0012, 0.5, 12].map(factor)).toEqual(["0.0012×", "0.50×", "12.0×"])
  })

  it("tell medians, ratios and what became of budgets", () => {
    const lines = caseTable([result(50, 100), result(300, 100)]).split("\n")
    expect(lines[3]).toMatch(/peer +100 ns +100 ns +100 ns +0\.50× +0\.50× +≤ 1× +holds$/)
    expect(lines[5]).toMatch(/3\.00× +3\.00× +≤ 1× +MISSED$/)
    const timed = caseTable([{ ...result(300, 100), budget: { ns: 200 } }]).split("\n")
    expect(timed[2]).toMatch(/raclette-wasm +300 ns +300 ns +300 ns +≤ 200 ns +MISSED$/)
    expect(timed[3]).toMatch(/3\.00× +3\.00×$/)
  })
})

describe("measuring", () => {
  const contender = (name: string, log: string[], wrong = false): Contender => ({
    name,
    prepare() {
      let done = 0
      let asked = 0
      return {
        run(times) {
          log.push(name)
          asked += times
          for (let i = wrong ? 1 : 0; i < times; i++) done++
        },
        check: () => expectSame(done, asked, "calls"),
        end: () => log.push(`${name} ended`),
      }
    },
  })
  const caseOf = (contenders: Contender[]): Case => ({ group: "test", name: "counting", contenders })

  it("lets contenders take turns, and ends all of them", async () => {
    const log: string[] = []
    const { rows } = await measureCase(caseOf([contender(OURS, log), contender("peer", log)]), EFFORT)
    const [o, p] = [OURS, "peer"]
    expect(log.slice(-10)).toEqual([o, p, p, o, o, p, p, o, `${o} ended`, `${p} ended`])
    expect(rows.map(({ samples }) => samples.length)).toEqual([3, 3])
  })

  it("warms contenders up by time and by operations, whichever takes longer, but not for ever", async () => {
    const operationsWith = async (ms: number, operations: number, longest: number) => {
      let done = 0
      const run = (times: number) => {
        for (done += times; times > 0; times--) Array.from({ length: 200 }, Math.sqrt)
      }
      const prepare = () => ({ run, check() {}, end() {} })
      await measureCase(caseOf([{ name: OURS, prepare }]), { ...EFFORT, warmUp: { ms, operations, longest } })
      return done
    }
    expect(await operationsWith(0, 1000, Infinity)).toBeGreaterThan(1000)
    expect(await operationsWith(0, 1000, 0)).toBeLessThan(1000)
    expect(await operationsWith(Infinity, 0, 100)).toBeGreaterThan(await operationsWith(0, 0, 100))
  })

  it("is an error where a contender's answers are wrong", async () => {
    const log: string[] = []
    const measuring = measureCase(caseOf([contender(OURS, log), contender("cheat", log, true)]), EFFORT)
    await expect(measuring).rejects.toThrow(/^test, counting: cheat is wrong: calls: \d+ instead of \d+$/)
    expect(log.slice(-2)).toEqual([`${OURS} ended`, "cheat ended"])
  })
})

describe("charts", () => {
  const control = { contender: "control (plain JS)", samples: [20], median: 20, min: 20, max: 20 }
  const good = result(50, 100)
  const results: Results = {
    bus: {
      chromium: [
        { ...good, rows: [...good.rows, control] },
        { ...result(300, 100), name: "on & off" },
      ],
    },
    memory: { things: [thing("active query", OURS, 2000), thing("active query", "query-core", 1000)] },
    growth: { lines: linesOf([1, 10, 100].map((count) => ({ ...result(count * 7, 9), name: String(count) }))) },
  }

  function thing(thing: string, contender: string, total: number) {
    return { thing, contender, total }
  }

  it("have a bar for each budget, as long as its ratio, with the budget and the control", () => {
    const svg = barChart(results)
    expect(barsOf(results).map(({ ratio }) => ratio)).toEqual([0.5, 3, 2])
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"[^>]* class="(\w+)"/g)]
    const widthOf = (ratio: number) => Math.abs(ratioScale(ratio) - ratioScale(1)).toFixed(1)
    expect(widths.map(([, width, kind]) => [width, kind])).toEqual([
      [widthOf(0.5), "good"],
      [widthOf(3), "bad"],
      [widthOf(2), "bad"],
    ])
    for (const text of ["bus, emit", "bus, on &amp; off", "beside peer", "0.50×", "3.00×", "2.00×"])
      expect(svg).toContain(`>${text}<`)
    expect(svg).toContain(`<circle cx="${ratioScale(0.2)}"`)
    expect(svg.match(/class="budget"/g)).toHaveLength(3)
  })

  it("tell shapes by where lines end", () => {
    const shapes = [1, 1.5, 8, 100, 1000].map((growth) => {
      const points = [1, 100, 10_000].map((count) => ({ count, ns: count === 10_000 ? 50 * growth : 50 }))
      return shapeOf({ grows: "names", contender: OURS, points })
    })
    expect(shapes).toEqual(["flat", "flat", "logarithmic", "linear", "worse"])
  })

  it("draw a line for each contender through what it cost", () => {
    expect(linesOf([{ ...result(5, 9), name: "1000" }])[0]?.points).toEqual([{ count: 1000, ns: 5 }])
    const svg = growthChart(results)
    const paths = [...svg.matchAll(/<path d="([^"]+)" class="line ours"/g)].map(([, path]) => path)
    expect(paths).toHaveLength(1)
    const ys = [...(paths[0] as string).matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y))
    expect(ys).toHaveLength(3)
    // Ten times the cost is as far up each time.
    expect((ys[0] as number) - (ys[1] as number)).toBeCloseTo((ys[1] as number) - (ys[2] as number), 0)
    expect(svg).toContain(">peer<")
  })

  it("have a table beside them: each budget with what was measured, by place, and bold where it is missed", () => {
    const firefox = [result(60, 100), { ...result(90, 100), name: "on & off" }]
    const start = { ...result(400, 1), group: "start", name: "second runtime", budget: { ns: 300 } }
    const size = (brotli: number) => ({ name: "load", raw: 0, gzip: 0, brotli })
    const budget = { first: { must: 60_000 }, all: { must: 66_000 } }
    const table = budgetTable({
      ...results,
      bus: { ...results.bus, firefox },
      start: { chromium: [start], node: [{ ...start, rows: result(200, 1).rows }] },
      size: { first: size(60_000), all: size(66_060), peers: [size(1)], budget },
    })
    expect(table.split("\n").slice(2)).toEqual([
      "| bus, emit | peer | ≤ 1× | 0.50× | 0.60× |  |",
      "| bus, on & off | peer | ≤ 1× | **3.00×** | 0.90× |  |",
      "| start, second runtime |  | ≤ 300 ns | **400 ns** |  | 200 ns |",
      "| load, brotli |  | ≤ 60.0 kB | 60.0 kB |  |  |",
      "| load, brotli |  | ≤ 66.0 kB | **66.1 kB** |  |  |",
      "| memory, active query | query-core | ≤ 1× | **2.00×** |  |  |",
      "",
    ])
  })

  it("have a place in the document for their table", async () => {
    const document = await readFile(join(root, "docs/bench.md"), "utf8")
    expect(withBudgets(document, results)).toContain(budgetTable(results))
    expect(() => withBudgets("# The bench\n", results)).toThrow("docs/bench.md needs exactly one table below the line")
  })

  it("are published with the numbers that they are drawn from", async () => {
    const folder = await mkdtemp(join(tmpdir(), "raclette-bench-"))
    try {
      const report: Report = { name: "bus", title: "Bus", text: "", data: results.bus as object }
      await writeFile(join(folder, "bus.json"), JSON.stringify(report))
      const docs = join(folder, "docs")
      await mkdir(docs)
      const mark = "<!-- from docs/bench/results.json: npm run bench -- --publish -->"
      await writeFile(join(docs, "bench.md"), `Before\n\n${mark}\n| old |\n| --- |\n\nAfter\n`)
      await publish(folder, docs)
      const read = (name: string) => readFile(join(docs, "bench", name), "utf8")
      const published = JSON.parse(await read("results.json")) as Results
      expect(await read("bench.svg")).toBe(barChart(published))
      expect(barsOf(published)).toEqual(barsOf({ bus: results.bus } as Results))
      expect(JSON.stringify(published)).not.toContain("samples")
      const document = await readFile(join(docs, "bench.md"), "utf8")
      expect(document).toBe(`Before\n\n${mark}\n${budgetTable(published)}\nAfter\n`)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe("a bundle", () => {
  it("has what a page loads at first, and what it may load later beside it", async () => {
    const dist = await mkdtemp(join(tmpdir(), "raclette-bundle-"))
    onTestFinished(() => rm(dist, { recursive: true }))
    await writeFile(
      join(dist, "index.js"),
      `import { now } from "./now.js"; export const both = [now, () => import("./later.js")]`,
    )
    await writeFile(join(dist, "now.js"), `export const now = "at first"`)
    await writeFile(join(dist, "later.js"), `export const later = "on demand"`)
    const { "package.js": code, ...chunks } = await modulesOf({ name: OURS, dist })
    expect(code).toContain("at first")
    expect(code).toContain('import("./later.js")')
    expect(code).not.toContain("on demand")
    expect(chunks).toMatchObject({ "later.js": `export const later = "on demand"` })
  })
})

describe("the command", () => {
  it("measures a suite in Node, whose answers are all right", async () => {
    const results = await runInNode("bus/cases.ts", { quick: true })
    expect(results.length).toBeGreaterThan(10)
    for (const { rows } of results) expect(rows[0]?.contender).toBe(OURS)
  })

  it("refuses names that it has not, with those that it has", async () => {
    const { code, stderr } = await run("npx", ["tsx", "tests/bench/main.ts", "speed"])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Unknown bench: speed\. Available: frames, bus, query, start, .*\.\n$/)
  })
})
