// Runs one bundled suite in each place: Chromium, Firefox if it is installed, and Node. In each, all builds compete in
// the same page or process. The bundle exports `run(setting)`.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root, run } from "../../support/process"
import { browsers, callIn, hasFirefox, type Launch, NO_FIREFOX } from "./browsers"
import { type BenchOptions, type Build, buildsOf, modulesOf } from "./builds"
import { bundleFile } from "./bundle"
import type { Setting, Version } from "./cases"
import type { CaseResult } from "./measure"
import { openSite } from "./site"
import { caseTable, versionTable } from "./table"

/** Results by place. */
export interface Places {
  chromium: CaseResult[]
  firefox?: CaseResult[]
  node: CaseResult[]
}

/** Runs the suite of `file` in a page of a new browser. */
export async function runInBrowser(file: string, launch: Launch, options: BenchOptions): Promise<CaseResult[]> {
  const site = await openSite(launch, { scripts: { "/suite.js": await bundleFile(file) }, builds: buildsOf(options) })
  try {
    const setting: Setting = { versions: site.versions, quick: options.quick }
    return await callIn(await site.open(), "/suite.js", "run", [setting])
  } finally {
    await site.close()
  }
}

const MAIN = `
const suite = await import(process.argv[1])
const results = await suite.run(JSON.parse(process.argv[2]))
process.stdout.write(JSON.stringify(results), () => process.exit(0))`

/** Runs the suite of `file` in a Node process of its own. */
export function runInNode(file: string, options: BenchOptions): Promise<CaseResult[]> {
  return inFolder(async (folder) => {
    const script = join(folder, "suite.js")
    await writeFile(script, await bundleFile(file))
    const setting: Setting = { versions: await writeVersions(folder, buildsOf(options)), quick: options.quick }
    const args = ["--input-type=module", "-e", MAIN, pathToFileURL(script).href, JSON.stringify(setting)]
    const { code, stdout, stderr } = await run(process.execPath, args)
    if (code !== 0) throw new Error(`${file} exited with code ${code} in Node:\n${stderr}`)
    return JSON.parse(stdout) as CaseResult[]
  })
}

/** Does `work` with a new folder for modules, and removes it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(join(root, "build/bench"), { recursive: true })
  const folder = await mkdtemp(join(root, "build/bench/node-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Writes the modules of each build into a folder of its own in `folder`, for Node. */
export function writeVersions(folder: string, builds: readonly Build[]): Promise<Version[]> {
  const write = async (build: Build, i: number): Promise<Version> => {
    const place = join(folder, String(i))
    await mkdir(place)
    for (const [name, code] of Object.entries(await modulesOf(build))) await writeFile(join(place, name), code)
    const wasmUrl = pathToFileURL(join(build.dist, "raclette.wasm")).href
    return { name: build.name, script: pathToFileURL(join(place, "package.js")).href, wasmUrl }
  }
  return Promise.all(builds.map(write))
}

/** Runs a suite everywhere. The text has a section for each place, and one that compares the versions. */
export async function runEverywhere(file: string, options: BenchOptions): Promise<{ text: string; data: Places }> {
  const data: Places = {
    chromium: await runInBrowser(file, browsers.chromium, options),
    ...(hasFirefox() && { firefox: await runInBrowser(file, browsers.firefox, options) }),
    node: await runInNode(file, options),
  }
  return { text: placesText(data, options), data }
}

/** The tables of all places. `how`: what each place adds to a heading. */
export function placesText(data: Places, { against }: BenchOptions, how = { page: "", process: "" }): string {
  const sections = [
    `In Chromium${how.page}:\n\n${caseTable(data.chromium)}`,
    data.firefox ? `In Firefox${how.page}:\n\n${caseTable(data.firefox)}` : NO_FIREFOX,
    `In Node ${process.version}${how.process}:\n\n${caseTable(data.node)}`,
    against && versionTable(data, against.name),
  ]
  return sections.filter(Boolean).join("\n\n")
}
