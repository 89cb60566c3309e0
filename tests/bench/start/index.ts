// The bench of starting: from an empty page to a ready runtime, beside a comparable stack of peers. Each sample has its
// own page or process, so nothing is cached. The site is local: the bench measures loading, compiling and running, not a
// network.
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { run as runProgram } from "../../support/process"
import { browsers, callIn, hasFirefox, type Launch } from "../harness/browsers"
import { type BenchOptions, type Build, buildsOf } from "../harness/builds"
import { bundle } from "../harness/bundle"
import { inFolder, type Places, placesText, writeVersions } from "../harness/platforms"
import { openSite } from "../harness/site"
import type { Report } from "../report"
import { casesOf, PEERS, type Samples, type Starter, sampleAll } from "./results"

interface Scripts {
  starters: Starter[]
  builds: Build[]
  /** Code by path. That of a version is in its folder, beside its chunks. */
  code: Record<string, string>
}

/** The bundles of everything that starts. Ours contains what a page needs that calls createRuntime alone. */
async function makeScripts(options: BenchOptions): Promise<Scripts> {
  const builds = buildsOf(options)
  const code: Record<string, string> = {
    "sample.js": await bundle(`export * from "./start/sample"`),
    "peers.js": await bundle(`export * from "./start/peers"`),
  }
  for (const [i, { dist }] of builds.entries())
    code[`${i}/ours.js`] = await bundle(`export * from "./start/ours"`, dist)
  const ours = builds.flatMap(({ name }, build): Starter[] => [
    { contender: name, subject: "ours", script: `${build}/ours.js`, build },
    { contender: name, subject: "compile", script: "", build },
  ])
  return { starters: [...ours, { contender: PEERS, subject: "peers", script: "peers.js", build: 0 }], builds, code }
}

async function inBrowser({ starters, builds, code }: Scripts, launch: Launch, rounds: number): Promise<Samples> {
  const scripts = Object.fromEntries(Object.entries(code).map(([path, text]) => [`/${path}`, text]))
  const site = await openSite(launch, { scripts, builds })
  try {
    return await sampleAll(starters, rounds, async ({ subject, script, build }) => {
      const page = await site.open()
      try {
        const wasmUrl = site.versions[build]?.wasmUrl
        return await callIn<Record<string, number>>(page, "/sample.js", "sample", [subject, `/${script}`, wasmUrl])
      } finally {
        await page.close()
      }
    })
  } finally {
    await site.close()
  }
}

const MAIN = `
const { sample } = await import(process.argv[1])
process.stdout.write(JSON.stringify(await sample(...process.argv.slice(2))), () => process.exit(0))`

function inNode({ starters, builds, code }: Scripts, rounds: number): Promise<Samples> {
  return inFolder(async (folder) => {
    const versions = await writeVersions(folder, builds)
    for (const [path, text] of Object.entries(code)) await writeFile(join(folder, path), text)
    const urlOf = (path: string) => pathToFileURL(join(folder, path)).href
    return sampleAll(starters, rounds, async ({ contender, subject, script, build }) => {
      const args = [urlOf("sample.js"), subject, urlOf(script), versions[build]?.wasmUrl ?? ""]
      const { code, stdout, stderr } = await runProgram(process.execPath, ["--input-type=module", "-e", MAIN, ...args])
      if (code !== 0) throw new Error(`starting ${contender} in Node failed:\n${stderr}`)
      return JSON.parse(stdout) as Record<string, number>
    })
  })
}

export async function run(options: BenchOptions): Promise<Report> {
  const scripts = await makeScripts(options)
  const rounds = options.quick ? 3 : 15
  const places: Places = {
    chromium: casesOf(await inBrowser(scripts, browsers.chromium, rounds)),
    ...(hasFirefox() && { firefox: casesOf(await inBrowser(scripts, browsers.firefox, rounds)) }),
    node: casesOf(await inNode(scripts, rounds)),
  }
  const minified = { ours: scripts.code["0/ours.js"]?.length, peers: scripts.code["peers.js"]?.length }
  const text = [
    `The peer stack: socket.io-client, query-core, eventemitter2 and axios, ${minified.peers} bytes minified;`,
    `ours ${minified.ours} bytes of JavaScript beside the core.\n`,
    placesText(places, options, { page: ", a new page each time", process: ", a new process each time" }),
  ].join("\n")
  return { name: "start", title: "Start", text, data: { ...places, minified } }
}
