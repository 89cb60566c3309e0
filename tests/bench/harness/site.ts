// The site for Chromium: an empty page, the bundles, and the built core. Its headers isolate the page, which gives it a
// clock of 5 µs.
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { type Browser, chromium, type Page } from "@playwright/test"
import { launchOptions } from "../../support/chromium"
import { root } from "../../support/process"

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "no-store",
}

export interface Site {
  url: string
  /** An empty page of this site in a new browser context, without any cache. */
  open(): Promise<Page>
  close(): Promise<void>
}

/** Serves `scripts` (code by path) to a new Chromium, on any free port of this machine alone. */
export async function openSite(scripts: Record<string, string>): Promise<Site> {
  const wasm = await readFile(join(root, "dist/raclette.wasm"))
  const files: Record<string, [type: string, body: string | Buffer]> = {
    "/": ["text/html", "<!doctype html><meta charset=utf-8><title>bench</title>"],
    "/raclette.wasm": ["application/wasm", wasm],
  }
  for (const [path, code] of Object.entries(scripts)) files[path] = ["text/javascript", code]
  const server = createServer(({ url = "/" }, response) => {
    const file = files[url]
    if (!file) return void response.writeHead(404, HEADERS).end()
    response.writeHead(200, { ...HEADERS, "content-type": file[0] }).end(file[1])
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser: Browser = await chromium.launch(launchOptions)
  return {
    url,
    async open() {
      const page = await (await browser.newContext()).newPage()
      await page.goto(url)
      return page
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
