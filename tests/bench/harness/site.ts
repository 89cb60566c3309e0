// The site for browsers: a page with nothing but `callExport`, the bundles, and the builds of the package, each with its WebAssembly at an
// address of its own. Its headers isolate the page, which gives it a clock of 5 µs in Chromium and 20 µs in Firefox.
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { Launch } from "./browsers"
import { type Build, modulesOf } from "./builds"
import type { Version } from "./cases"

const PAGE = `<!doctype html><meta charset=utf-8><title>bench</title>
<script>callExport = async (script, name, args) => (await import(script))[name](...args)</script>`

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store",
}

interface Content {
  /** Code by path. */
  scripts: Record<string, string>
  builds: readonly Build[]
}

export interface Site<P> {
  versions: Version[]
  /** A new page of this site, without any cache. */
  open(): Promise<P>
  close(): Promise<void>
}

type Files = Record<string, [type: string, body: string | Buffer]>

/** Serves `content` to a new browser, on any free port of this machine alone. */
export async function openSite<P>(launch: Launch<P>, { scripts, builds }: Content): Promise<Site<P>> {
  const files: Files = { "/": ["text/html", PAGE] }
  for (const [i, build] of builds.entries()) {
    for (const [name, code] of Object.entries(await modulesOf(build)))
      files[`/${i}/${name}`] = ["text/javascript", code]
    files[`/${i}/raclette.wasm`] = ["application/wasm", await readFile(join(build.dist, "raclette.wasm"))]
  }
  for (const [path, code] of Object.entries(scripts)) files[path] = ["text/javascript", code]
  const { url, end } = await serve(files)
  const browser = await launch().catch((error: unknown) => {
    end()
    throw error
  })
  return {
    versions: builds.map(({ name }, i) => ({
      name,
      script: `${url}/${i}/package.js`,
      wasmUrl: `${url}/${i}/raclette.wasm`,
    })),
    open: () => browser.open(url),
    async close() {
      await browser.close()
      end()
    },
  }
}

async function serve(files: Files): Promise<{ url: string; end(): void }> {
  const server = createServer(({ url = "/" }, response) => {
    const file = files[url]
    if (!file) return void response.writeHead(404, HEADERS).end()
    response.writeHead(200, { ...HEADERS, "content-type": file[0] }).end(file[1])
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    end() {
      server.closeAllConnections()
      server.close()
    },
  }
}
