// `npm test`: installs and builds what the given suites need, runs them, and prints how long each step took, and what
// failed. The last line is `N passed, N failed`. A suite that cannot run, or has no tests, counts as one failure. All
// suites, with set-up and builds, should take less than 15 minutes on two cores.
//   npm test                  all suites
//   npm test -- core glue     some of: lint types core glue adapters testing server interop package simulate soak bench engines e2e
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { build } from "./build.mjs"
import { lint } from "./lint.mjs"
import { googleTestResults, playwrightResults, vitestResults } from "./results.mjs"
import { root, setup } from "./setup.mjs"
import { simulator } from "./simulator.mjs"

const results = join(root, "build/results")

/** Workers of suites whose tests mostly wait for processes, on two cores. */
const WAITING = ["--maxWorkers=3"]

/** The suites: the targets that each needs, and a function that runs it and resolves with its results (results.mjs). */
const suites = {
  lint: { builds: ["wasm", "binding"], run: lint },
  types: { builds: [], run: () => runVitest("types") },
  core: { builds: ["native"], run: runCore },
  glue: { builds: ["wasm", "binding"], run: () => runVitest("glue") },
  adapters: { builds: ["wasm", "binding"], run: () => runVitest("adapters") },
  testing: { builds: ["wasm", "binding"], run: () => runVitest("testing") },
  server: { builds: ["wasm", "binding", "stub"], run: () => runVitest("server", WAITING) },
  interop: { builds: ["wasm", "binding", "stub"], run: () => runVitest("interop", WAITING) },
  package: { builds: ["wasm", "binding", "stub"], run: () => runVitest("package", WAITING) },
  simulate: { builds: ["wasm", "binding"], run: runSimulate },
  soak: { builds: ["wasm", "binding", "stub"], run: runSoak },
  bench: { builds: ["wasm", "binding"], run: () => runVitest("bench") },
  engines: { builds: ["wasm", "binding", "stub", "web"], run: () => runVitest("engines") },
  e2e: { builds: ["wasm", "binding", "stub", "web", "apps"], run: runE2e },
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in suites))
if (unknown.length > 0) {
  console.error(`Unknown suite: ${unknown.join(", ")}. Available suites: ${Object.keys(suites).join(", ")}.`)
  process.exit(2)
}
const names = asked.length > 0 ? asked : Object.keys(suites)

const begin = Date.now()
setup(names)
const lines = [lineOf("set-up", Date.now() - begin)]
const builds = await build([...new Set(names.flatMap((name) => suites[name].builds))])
for (const [name, duration] of Object.entries(builds)) lines.push(lineOf(`build ${name}`, duration))
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const total = { passed: 0, failed: 0 }
const failures = []
for (const name of names) {
  console.log(`\n== ${name}`)
  const start = Date.now()
  const run = await runSuite(suites[name].run)
  total.passed += run.passed
  total.failed += run.failed
  failures.push(...run.failures.map((failure) => `✗ ${name}: ${failure}`))
  lines.push(lineOf(name, Date.now() - start, `${run.passed} passed, ${run.failed} failed, `))
}
lines.push(lineOf("total", Date.now() - begin))
console.log(`\n${lines.join("\n")}\n`)
if (failures.length > 0) console.log(`${failures.join("\n")}\n`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)

/** A line of the summary: a step with its counts and duration. */
function lineOf(name, ms, counts = "") {
  return `${name.padEnd(13)} ${counts}${(ms / 60_000).toFixed(1)} min`
}

async function runSuite(run) {
  try {
    const results = await run()
    if (results.passed + results.failed === 0) return { ...results, failed: 1, failures: ["there are no tests"] }
    if (results.failed > 0 && results.failures.length === 0) return { ...results, failures: ["see its output above"] }
    return results
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1, failures: [String(error)] }
  }
}

/** Runs a program. Resolves with whether it exited with 0. */
function execute(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    })
    child.once("error", (error) => {
      console.error(`${command} could not be started: ${error.message}`)
      resolve(false)
    })
    child.once("exit", (status) => resolve(status === 0))
  })
}

/** The results of a run. A program that failed without a failed test counts as one failure. */
function resultsOf(succeeded, file, read) {
  const results = existsSync(file) ? read(readFileSync(file, "utf8")) : { passed: 0, failed: 1, failures: [] }
  return { ...results, failed: succeeded ? results.failed : Math.max(results.failed, 1) }
}

/** Runs all GoogleTest tests in one process. ctest would start one process, with sanitizers, per test. */
async function runCore() {
  const file = join(results, "core.xml")
  const output = ["--gtest_brief=1", `--gtest_output=xml:${file}`]
  const succeeded = await execute(join(root, "build/asan/tests/core/core_tests"), output)
  return resultsOf(succeeded, file, googleTestResults)
}

async function runVitest(project, options = []) {
  const file = join(results, `${project}.json`)
  const succeeded = await execute("npx", [
    ...["vitest", "run", "--project", project, ...options],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  ])
  return resultsOf(succeeded, file, (text) => vitestResults(text, `${root}/`))
}

/**
 * Runs the seeds that have failed before and one minute of new ones, beside the simulator's own tests. Each seed is a
 * test.
 */
async function runSimulate() {
  const command = await simulator(["--known", ...firstSeed(), "--minutes", "1"])
  return sumOf(await Promise.all([runVitest("simulate"), runReporting("simulate", ...command)]))
}

/** Derives the first seed from the sources: a run can be repeated, and each change of the sources runs other seeds. */
function firstSeed() {
  const trees = ["HEAD:js-glue", "HEAD:wasm", "HEAD:tests/simulate"]
  const { status, stdout } = spawnSync("git", ["rev-parse", ...trees], { cwd: root, encoding: "utf8" })
  if (status !== 0) return []
  return ["--seed", String(Number.parseInt(createHash("sha256").update(stdout).digest("hex").slice(0, 7), 16))]
}

/** Runs the soak's own tests, then one minute of the soak with a new seed, which is one test. */
async function runSoak() {
  const own = await runVitest("soak")
  const args = ["--import", "tsx", "tests/soak/main.ts", "--minutes", "1"]
  return sumOf([own, await runReporting("soak", process.execPath, args)])
}

/** Runs a program that writes its results to the file of `--report`. */
async function runReporting(name, program, args) {
  const file = join(results, `${name}-run.json`)
  const succeeded = await execute(program, [...args, "--report", file])
  return resultsOf(succeeded, file, JSON.parse)
}

function sumOf(runs) {
  const sum = (name) => runs.reduce((all, run) => all + run[name], 0)
  return { passed: sum("passed"), failed: sum("failed"), failures: runs.flatMap(({ failures }) => failures) }
}

async function runE2e() {
  const file = join(results, "e2e.json")
  const config = "tests/e2e/playwright.config.ts"
  const succeeded = await execute("npx", ["playwright", "test", "-c", config], { RACLETTE_E2E_JSON: file })
  return resultsOf(succeeded, file, playwrightResults)
}
