// Runs one bundled module in Chromium and in Node, and returns the results of both. The module exports `run(platform)`.
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { root, run } from "../../support/process"
import { bundleFile } from "./bundle"
import type { Platform } from "./cases"
import type { CaseResult } from "./measure"
import { openSite } from "./site"
import { caseTable } from "./table"

type Suite = { run(platform: Platform): Promise<CaseResult[]> }

/** Runs the suite of `file` in a page of a new Chromium. */
export async function runInChromium(file: string, quick: boolean): Promise<CaseResult[]> {
  const site = await openSite({ "/suite.js": await bundleFile(file) })
  try {
    const page = await site.open()
    return await page.evaluate(
      async (platform) => {
        const script = "/suite.js"
        const suite = (await import(script)) as Suite
        return suite.run(platform)
      },
      { wasmUrl: `${site.url}/raclette.wasm`, quick },
    )
  } finally {
    await site.close()
  }
}

const MAIN = `
const suite = await import(process.argv[1])
const results = await suite.run(JSON.parse(process.argv[2]))
process.stdout.write(JSON.stringify(results), () => process.exit(0))`

/** Runs the suite of `file` in a Node process of its own. */
export async function runInNode(file: string, quick: boolean): Promise<CaseResult[]> {
  const folder = join(root, "build/bench")
  await mkdir(folder, { recursive: true })
  const script = join(folder, `${file.replaceAll("/", "-").replace(/\.ts$/, "")}.mjs`)
  await writeFile(script, await bundleFile(file))
  const platform: Platform = { wasmUrl: pathToFileURL(join(root, "dist/raclette.wasm")).href, quick }
  const args = ["--input-type=module", "-e", MAIN, pathToFileURL(script).href, JSON.stringify(platform)]
  const { code, stdout, stderr } = await run(process.execPath, args)
  if (code !== 0) throw new Error(`${file} exited with code ${code} in Node:\n${stderr}`)
  return JSON.parse(stdout) as CaseResult[]
}

/** Runs a suite on both platforms, and prints its progress. */
export async function runInBoth(file: string, quick: boolean): Promise<{ text: string; data: BothResults }> {
  const data: BothResults = { chromium: await runInChromium(file, quick), node: await runInNode(file, quick) }
  const text = `In Chromium:\n\n${caseTable(data.chromium)}\n\nIn Node ${process.version}:\n\n${caseTable(data.node)}`
  return { text, data }
}

export interface BothResults {
  chromium: CaseResult[]
  node: CaseResult[]
}
