// Two versions in one run of the bench: which cases both do, what becomes of one that cannot, how a commit is built, and
// that neither sees the other's module. No test reads a clock.
import { cp, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { run } from "../support/process"
import { browsers } from "./harness/browsers"
import { ourBuild } from "./harness/builds"
import { type Case, type Contender, casesOf, OURS, type Version } from "./harness/cases"
import { buildOf } from "./harness/earlier"
import { guarded } from "./harness/guard"
import { type CaseResult, measureCase } from "./harness/measure"
import { placesText, runInBrowser, runInNode } from "./harness/platforms"
import { failureText, versionTable } from "./harness/table"
import { casesOf as casesOfStart, sampleAll } from "./start/results"

const EFFORT = { rounds: 3, sampleMs: 0.01 }
const EARLIER = `${OURS} @ abc1234`

let folder = ""
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "raclette-versions-"))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true })
})

async function write(files: Record<string, string>, at = folder): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(at, path)), { recursive: true })
    await writeFile(join(at, path), text)
  }
}

/** A build whose module has this text, and one chunk. */
async function fakeBuild(code: string) {
  await write({ "fake/index.js": code, "fake/word.js": `export const word = "late"`, "fake/raclette.wasm": "" })
  return { name: EARLIER, dist: join(folder, "fake") }
}

/** Each contender of `name` in all results: how often it took part, and why it failed. */
function partOf(results: readonly CaseResult[], name: string) {
  const took = results.filter(({ rows }) => rows.some(({ contender }) => contender === name)).length
  const failures = results.flatMap(({ failures = [] }) => failures.filter(({ contender }) => contender === name))
  return { took, reasons: [...new Set(failures.map(({ reason }) => reason))], failed: failures.length }
}

describe("cases of two versions", () => {
  const version = (name: string): Version => ({ name, script: `${name}.js`, wasmUrl: `${name}.wasm` })

  it("are those of the first, and both do what is ours, each with its own module", async () => {
    const prepared: string[] = []
    const contender = (name: string, script: string): Contender => ({
      name,
      prepare() {
        prepared.push(`${name} ${script}`)
        return { run() {}, check() {}, end() {} }
      },
    })
    const makeCases = ({ script }: Version): Case[] =>
      ["one", "two"].map((name) => ({
        group: "test",
        name,
        contenders: [contender("peer", script), contender(OURS, script)],
      }))
    const cases = casesOf(makeCases, { versions: [version(OURS), version(EARLIER)], quick: true })
    expect(cases.map(({ contenders }) => contenders.map(({ name, mayFail }) => [name, mayFail]))).toEqual(
      Array(2).fill([
        ["peer", undefined],
        [OURS, undefined],
        [EARLIER, true],
      ]),
    )
    for (const { prepare } of cases[0]?.contenders ?? []) await prepare()
    expect(prepared).toEqual([`peer ${OURS}.js`, `${OURS} ${OURS}.js`, `${OURS} ${EARLIER}.js`])
  })
})

describe("a version that cannot do a task", () => {
  const steps = ["prepare", "run", "check", "end"] as const
  type Step = (typeof steps)[number]
  let runs = 0

  function contender(name: string, ended: string[], fails?: Step, mayFail = true): Contender {
    const act = (step: Step) => {
      if (step === fails) throw new TypeError(`${step} is not a function`)
    }
    return {
      name,
      mayFail,
      prepare() {
        act("prepare")
        return {
          run(times) {
            act("run")
            for (let i = 0; i < times; i++) runs++
          },
          check() {
            act("check")
            if (runs === 0) throw new Error("Nothing ran")
          },
          end() {
            ended.push(name)
            act("end")
          },
        }
      },
    }
  }
  const measure = (contenders: Contender[]) => measureCase({ group: "test", name: "task", contenders }, EFFORT)

  it.each(steps.slice(0, 3))("says why, and the others go on (%s)", async (step) => {
    const ended: string[] = []
    const result = await measure([contender(OURS, ended), contender(EARLIER, ended, step), contender("peer", ended)])
    expect(result.rows.map(({ contender, samples }) => [contender, samples.length])).toEqual([
      [OURS, 3],
      ["peer", 3],
    ])
    expect(result.failures).toEqual([{ contender: EARLIER, reason: expect.stringContaining(`${step} is not a`) }])
    expect(ended).toEqual(step === "prepare" ? [OURS, "peer"] : [OURS, EARLIER, "peer"])
  })

  it("keeps its numbers if it only cannot end", async () => {
    const result = await measure([contender(OURS, []), contender(EARLIER, [], "end")])
    expect(result.failures).toBeUndefined()
    expect(result.rows).toHaveLength(2)
  })

  it.each(steps)("ends the bench if it is none that may fail (%s)", async (step) => {
    const measuring = measure([contender(OURS, [], step, false), contender("peer", [])])
    await expect(measuring).rejects.toThrow(`${step} is not a function`)
  })

  it("fails if it never ends", async () => {
    vi.useFakeTimers()
    const waiting = guarded(() => new Promise(() => {}), 30_000)
    const expected = expect(waiting).rejects.toThrow("it did not end within 30 s")
    await vi.advanceTimersByTimeAsync(30_000)
    await expected
    expect(vi.getTimerCount()).toBe(0)
  })

  it("is a row that says so, and has no numbers beside ours", () => {
    const row = { contender: OURS, samples: [1], median: 1, min: 1, max: 1 }
    const failures = [{ contender: EARLIER, reason: "page.evaluate: TypeError: on is not a function\n    at run" }]
    const result: CaseResult = { group: "bus", name: "emit", rows: [row], failures }
    const places = {
      chromium: [result],
      node: [{ ...result, failures: [], rows: [row, { ...row, contender: EARLIER }] }],
    }
    const lines = placesText(places, { quick: true, against: { name: EARLIER, dist: "" } }).split("\n")
    const said = lines.filter((line) => line.includes("FAILED"))
    expect(said[0]).toMatch(/^ +raclette-wasm @ abc1234 +FAILED: page\.evaluate: TypeError: on is not a function$/)
    expect(said[1]).toMatch(/^bus, emit +FAILED +- +1\.00× +1\.00×$/)
    expect(lines.join("\n")).toContain("Not measured in Firefox: there is no ")
  })

  it("is told by the line of the error, in whatever it is wrapped", () => {
    expect(failureText("starting failed:\nfile:///a.mjs:1\n  TypeError: no\n    at b")).toBe("FAILED: TypeError: no")
    expect(failureText("this version has no createRuntime()")).toBe("FAILED: this version has no createRuntime()")
  })

  it("cannot start, and the others do", async () => {
    const starter = (contender: string, subject: "ours" | "peers" | "compile", build: number) => ({
      ...{ contender, subject, build },
      script: "",
    })
    const starters = [
      starter(OURS, "ours", 0),
      starter(EARLIER, "ours", 1),
      starter(EARLIER, "compile", 1),
      starter("stack", "peers", 0),
    ]
    const times = { ours: { total: 2, second: 1 }, peers: { total: 4 }, compile: { compile: 3 } }
    const sample = (failing: number) =>
      sampleAll(starters, 2, async ({ subject, build }) => {
        if (subject === "ours" && build === failing) throw new Error("no createRuntime")
        return times[subject]
      })
    const results = casesOfStart(await sample(1))
    const named = (name: string) => results.find((one) => one.name === name)
    expect(named("import to ready")?.rows.map(({ contender, samples }) => [contender, samples])).toEqual([
      [OURS, [2e6, 2e6]],
      ["stack", [4e6, 4e6]],
    ])
    expect(named("second runtime")?.failures).toEqual([{ contender: EARLIER, reason: "no createRuntime" }])
    expect(named("fetch and compile the core alone")?.rows.map(({ contender }) => contender)).toEqual([EARLIER])
    await expect(sample(0)).rejects.toThrow("no createRuntime")
  })
})

describe("a suite with two versions", () => {
  it("measures both in Node, and compares them", async () => {
    await cp(ourBuild.dist, join(folder, "dist"), { recursive: true })
    const results = await runInNode("bus/cases.ts", {
      quick: true,
      against: { name: EARLIER, dist: join(folder, "dist") },
    })
    expect(partOf(results, EARLIER)).toEqual({ took: results.length, failed: 0, reasons: [] })
    expect(partOf(results, OURS).took).toBe(results.length)
    expect(versionTable({ node: results }, EARLIER).split("\n").at(-1)).toMatch(/^bus, .* [\d.]+× +[\d.]+×$/)
  })

  it("measures ours in a page beside one that lacks what the bench calls", async () => {
    const against = await fakeBuild(`const { word } = await import("./word.js")
      export const memoryStorage = word`)
    const results = await runInBrowser("bus/cases.ts", browsers.chromium, { quick: true, against })
    expect(partOf(results, OURS).took).toBe(results.length)
    const reasons = ["this version has no createRuntime() and no memoryStorage()"]
    expect(partOf(results, EARLIER)).toEqual({ took: 0, failed: results.length, reasons })
  })

  it("gives each its own chunks and WebAssembly, and survives errors that nobody catches", async () => {
    const against = await fakeBuild(`export const memoryStorage = () => {}
      export async function createRuntime({ wasm }) {
        const { word } = await import("./word.js")
        queueMicrotask(() => { throw new Error(word + ", with " + wasm.url) })
        return new Promise(() => {})
      }`)
    const results = await runInNode("bus/cases.ts", { quick: true, against })
    expect(partOf(results, OURS).took).toBe(results.length)
    const reasons = [`late, with file://${against.dist}/raclette.wasm`]
    expect(partOf(results, EARLIER)).toEqual({ took: 0, failed: results.length, reasons })
  })
})

describe("the build of a commit", () => {
  /** A lock file with one package, which is a folder of the repository. */
  const lockOf = (version: string) => {
    const whole = { name: "tiny", version, dependencies: { dep: "file:dep" } }
    const packages = { "": whole, dep: { version: "1.0.0" }, "node_modules/dep": { resolved: "dep", link: true } }
    return JSON.stringify({ name: "tiny", version, lockfileVersion: 3, packages })
  }
  /** Builds what `sources` says, and notes each build in dist/builds. */
  const BUILD = `import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
    export async function build(targets) {
      const sources = JSON.parse(readFileSync("sources.json", "utf8"))
      if (sources.error) { console.error(sources.error); process.exit(1) }
      mkdirSync("dist")
      for (const [name, text] of Object.entries(sources)) writeFileSync("dist/" + name, text)
      writeFileSync("dist/made", targets.join() + " " + Math.random())
    }`
  const files = (sources: object, more: Record<string, string> = {}) => ({
    "package.json": '{ "name": "tiny", "version": "1.0.0", "type": "module", "dependencies": { "dep": "file:dep" } }',
    "dep/package.json": '{ "name": "dep", "version": "1.0.0" }',
    "package-lock.json": lockOf("1.0.0"),
    "scripts/build.mjs": BUILD,
    "sources.json": JSON.stringify(sources),
    ...more,
  })
  const WHOLE = { "index.js": "export {}", "raclette.wasm": "" }

  async function git(...args: string[]): Promise<string> {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
    const { code, stdout, stderr } = await run("git", [...identity, ...args], { cwd: join(folder, "tiny") })
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }

  /** Commits these files alone. Resolves with the hash. */
  async function commit(content: Record<string, string>): Promise<string> {
    await git("rm", "-rq", "--ignore-unmatch", ".")
    await write(content, join(folder, "tiny"))
    await git("add", "-A")
    await git("commit", "-qm", "Tiny")
    return git("rev-parse", "HEAD")
  }

  beforeEach(async () => {
    await mkdir(join(folder, "tiny/node_modules"), { recursive: true })
    await git("init", "-q")
    await write({ ".git/info/exclude": "node_modules" }, join(folder, "tiny"))
    vi.spyOn(console, "log").mockImplementation(() => {})
  })
  afterEach(() => void vi.restoreAllMocks())

  const make = (ref: string) => buildOf(ref, { repository: join(folder, "tiny"), folder: join(folder, "versions") })
  const madeIn = ({ dist }: { dist: string }) => readFile(join(dist, "made"), "utf8")

  it("is made by its own scripts, once, with the packages that are there", async () => {
    const first = await commit(files(WHOLE))
    await commit(files({ ...WHOLE, "index.js": "export const later = true" }))
    const built = await make("HEAD~1")
    expect(built).toEqual({ name: `${OURS} @ ${first.slice(0, 7)}`, dist: join(folder, "versions", first, "dist") })
    expect(await readFile(join(built.dist, "index.js"), "utf8")).toBe("export {}")
    const made = await madeIn(built)
    expect(made).toMatch(/^wasm,binding /)
    expect((await lstat(join(built.dist, "../node_modules"))).isSymbolicLink()).toBe(true)
    expect(await madeIn(await make(first))).toBe(made)
    expect(await madeIn(await make("HEAD"))).not.toBe(made)
  })

  it("has packages of its own if its lock file differs", async () => {
    const hash = await commit(files(WHOLE))
    await write({ "package-lock.json": lockOf("2.0.0") }, join(folder, "tiny"))
    const { dist } = await make(hash)
    expect((await lstat(join(dist, "../node_modules"))).isDirectory()).toBe(true)
    expect((await lstat(join(dist, "../node_modules/dep"))).isSymbolicLink()).toBe(true)
  })

  it("is refused where Git knows no such commit", async () => {
    await commit(files(WHOLE))
    for (const ref of ["nowhere", "--all", "0123456"])
      await expect(make(ref)).rejects.toThrow(
        new RegExp(`^Git finds no commit ${ref} in .*tiny: fatal: .*\nGive a branch, a tag, or a hash`),
      )
  })

  it("is refused without the files that it needs", async () => {
    const { "scripts/build.mjs": _script, "package-lock.json": _lock, ...few } = files(WHOLE)
    await commit(few)
    await expect(make("HEAD")).rejects.toThrow(
      "HEAD has no package-lock.json and no scripts/build.mjs, so it cannot be built. Choose a later commit.",
    )
  })

  it("that fails tells its output, and is tried again the next time", async () => {
    const hash = await commit(files({ error: "emcc: no such flag" }))
    const failed = /^The build of HEAD failed in .*\(exit code 1\):\nemcc: no such flag$/
    await expect(make("HEAD")).rejects.toThrow(failed)
    await expect(make(hash)).rejects.toThrow("emcc: no such flag")
  })

  it("is refused if it made no package", async () => {
    await commit(files({ "index.js": "" }))
    await expect(make("HEAD")).rejects.toThrow(/^The build of HEAD made no dist\/raclette\.wasm: see .*\.$/)
  })
})

describe("the command", () => {
  const bench = (...args: string[]) => run("npx", ["tsx", "tests/bench/main.ts", ...args])

  it.each([
    [["bus", "--against", "no/such/ref"], /^Git finds no commit no\/such\/ref in /],
    [["bus", "--against"], /^Option '--against <value>' argument missing\. Available: .*--against <git ref>\.\n$/],
    [["bus", "--against", "HEAD", "--publish"], /^--publish needs a whole run of this version alone: leave out /],
    [["bus", "--quick", "--publish"], /^--publish needs a whole run of this version alone: leave out --quick/],
    [["server", "--against", "HEAD"], /^The bench `server` compares no versions/],
    [["bus", "--slow"], /^Unknown option '--slow'\. Available: --quick/],
  ])("refuses %j, and says what to do", async (args, said) => {
    const { code, stderr } = await bench(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(said)
  })
})
