// The bench of starting: from an empty page to a ready runtime, beside a comparable stack of peers. Each sample has its
// own browser context or process, so nothing is cached. The site is local: the bench measures loading, compiling and
// running, not a network.
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root, run as runProgram } from "../../support/process"
import { bundle } from "../harness/bundle"
import { OURS } from "../harness/cases"
import type { CaseResult, Row } from "../harness/measure"
import { openSite } from "../harness/site"
import { rotated, spreadOf } from "../harness/statistics"
import { caseTable } from "../harness/table"
import type { Report } from "../report"
import type { Subject, sample } from "./sample"

const PEERS = "peer stack"
const subjects: Subject[] = ["ours", "peers", "compile"]

type Start = (subject: Subject) => Promise<Record<string, number>>

interface Scripts {
  ours: string
  peers: string
  sample: string
}

async function makeScripts(): Promise<Scripts> {
  const [ours, peers, sample] = await Promise.all(
    ["ours", "peers", "sample"].map((name) => bundle(`export * from "./start/${name}"`)),
  )
  return { ours, peers, sample } as Scripts
}

/** Samples all subjects in turns; what they took by subject and step. */
async function sampleAll(start: Start, rounds: number): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>()
  for (let round = 0; round <= rounds; round++) {
    for (const subject of rotated(subjects, round)) {
      const steps = await start(subject)
      if (round === 0) continue
      for (const [step, ms] of Object.entries(steps)) {
        const key = `${subject} ${step}`
        samples.set(key, [...(samples.get(key) ?? []), ms * 1e6])
      }
    }
  }
  return samples
}

async function inChromium(scripts: Scripts, rounds: number): Promise<Map<string, number[]>> {
  const files = { "/ours.js": scripts.ours, "/peers.js": scripts.peers, "/sample.js": scripts.sample }
  const site = await openSite(files)
  try {
    return await sampleAll(async (subject) => {
      const page = await site.open()
      const took = await page.evaluate(
        async ({ subject, wasmUrl }) => {
          const script = "/sample.js"
          const module = (await import(script)) as { sample: typeof sample }
          return module.sample(subject, `/${subject}.js`, wasmUrl)
        },
        { subject, wasmUrl: `${site.url}/raclette.wasm` },
      )
      await page.context().close()
      return took
    }, rounds)
  } finally {
    await site.close()
  }
}

const MAIN = `
const { sample } = await import(process.argv[1])
process.stdout.write(JSON.stringify(await sample(...process.argv.slice(2))), () => process.exit(0))`

async function inNode(scripts: Scripts, rounds: number): Promise<Map<string, number[]>> {
  const folder = join(root, "build/bench/start")
  await mkdir(folder, { recursive: true })
  for (const [name, code] of Object.entries(scripts)) await writeFile(join(folder, `${name}.mjs`), code)
  const urlOf = (path: string) => pathToFileURL(join(root, path)).href
  return sampleAll(async (subject) => {
    const script = urlOf(`build/bench/start/${subject}.mjs`)
    const args = [urlOf("build/bench/start/sample.mjs"), subject, script, urlOf("dist/raclette.wasm")]
    const { code, stdout, stderr } = await runProgram(process.execPath, ["--input-type=module", "-e", MAIN, ...args])
    if (code !== 0) throw new Error(`starting ${subject} in Node failed:\n${stderr}`)
    return JSON.parse(stdout) as Record<string, number>
  }, rounds)
}

/** The samples as cases. */
function casesOf(samples: Map<string, number[]>): CaseResult[] {
  const rows = (...wanted: [contender: string, key: string][]): Row[] =>
    wanted.map(([contender, key]) => {
      const taken = samples.get(key) ?? []
      return { contender, samples: taken, ...spreadOf(taken) }
    })
  const both = (step: string) => rows([OURS, `ours ${step}`], [PEERS, `peers ${step}`])
  const group = "start"
  return [
    { group, name: "import to ready", rows: both("total"), budget: { peer: PEERS, ratio: 3 } },
    { group, name: "import alone", rows: both("import") },
    { group, name: "make: the first runtime with its core, or the stack", rows: both("make") },
    { group, name: "fetch and compile the core alone", rows: rows([OURS, "compile compile"]) },
    { group, name: "second runtime", rows: rows([OURS, "ours second"]) },
  ]
}

export async function run({ quick }: { quick: boolean }): Promise<Report> {
  const scripts = await makeScripts()
  const rounds = quick ? 3 : 15
  const data = {
    chromium: casesOf(await inChromium(scripts, rounds)),
    node: casesOf(await inNode(scripts, rounds)),
    minified: { ours: scripts.ours.length, peers: scripts.peers.length },
  }
  const text = [
    `The peer stack: socket.io-client, query-core, eventemitter2 and axios, ${data.minified.peers} bytes minified;`,
    `ours ${data.minified.ours} bytes of JavaScript beside the core.\n`,
    `In Chromium, a new page each time:\n\n${caseTable(data.chromium)}\n`,
    `In Node ${process.version}, a new process each time:\n\n${caseTable(data.node)}`,
  ].join("\n")
  return { name: "start", title: "Start", text, data }
}
