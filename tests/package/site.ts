// A web site of the test: sends the user's files as any static server does, with a content security policy if one is
// asked for, and hands the backend's paths on, so that a page has its backend at its own origin.
import { createReadStream, statSync } from "node:fs"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { extname, join } from "node:path"
import { type Browser, chromium, type Page } from "@playwright/test"
import { afterAll, expect, inject, onTestFinished } from "vitest"
import { addTodo } from "../support/backend"
import { folder } from "./user"

/** The policy that the README says is enough. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
}

export interface SiteOptions {
  /** The site's root, in the user's folder. */
  at: string
  policy?: string
  /** Answers a request in place of the files; false leaves it to them. */
  answer?: (path: string, response: ServerResponse) => boolean
}

/** Starts a site for the running test, and resolves with its address. */
export async function serve({ at, policy, answer = () => false }: SiteOptions): Promise<string> {
  const server = createServer((incoming, response) => {
    const path = new URL(incoming.url ?? "/", "http://site").pathname
    if (policy) response.setHeader("content-security-policy", policy)
    if (answer(path, response)) return
    if (/^\/(auth|todo|socket\.io)\b/.test(path)) handOn(incoming, response)
    else sendFile(join(folder, at, path === "/" ? "index.html" : path), response)
  })
  server.on("upgrade", (incoming: IncomingMessage, socket, head) => {
    const { hostname, port } = new URL(inject("backendUrl"))
    const backend = connect(Number(port), hostname, () => {
      const headers = incoming.rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`))
      backend.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join("")}\r\n`)
      backend.write(head)
      socket.pipe(backend).pipe(socket)
    })
    backend.on("error", () => socket.destroy())
    socket.on("error", () => backend.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

function handOn(incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = "" } = incoming
  const outgoing = request(new URL(url, inject("backendUrl")), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on("error", () => response.destroy())
  incoming.pipe(outgoing)
}

function sendFile(file: string, response: ServerResponse): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end()
  response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream")
  createReadStream(file).pipe(response)
}

let browser: Promise<Browser> | undefined
afterAll(async () => (await browser)?.close())

export interface Opened {
  page: Page
  /** Uncaught errors, refusals of the policy, and what the console calls an error. */
  problems: string[]
}

/** A page of the browser that the suite shares. */
export async function open(url: string): Promise<Opened> {
  browser ??= chromium.connect(inject("browserEndpoint"))
  const context = await (await browser).newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const problems: string[] = []
  page.on("pageerror", (error) => problems.push(error.message))
  page.on("console", (message) => {
    const isIcon = message.location().url.endsWith("/favicon.ico")
    if (message.type() === "error" && !isIcon) problems.push(message.text())
  })
  await page.goto(url)
  return { page, problems }
}

/** Opens the README's example: it shows its own todo, and what another client adds. */
export async function expectExample(url: string): Promise<void> {
  const { page, problems } = await open(url)
  await page
    .waitForFunction(() => document.body.textContent?.includes("Milk"))
    .catch((error: Error) => {
      throw new Error(`${error.message}\n${problems.join("\n")}`)
    })
  const name = `Added ${Math.random()}`
  await addTodo(inject("backendUrl"), name)
  await page.waitForFunction((text) => document.body.textContent?.includes(text), name)
  expect(problems).toEqual([])
}
