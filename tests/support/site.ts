// A web site for a test: sends static files, optionally with a content security policy, and proxies the backend's
// paths, so that a page has its backend at its own origin. It can be stopped, like a lost network, and restarted at the
// same address.
import { createReadStream, statSync } from "node:fs"
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { extname, join } from "node:path"
import type { Duplex } from "node:stream"

/** The content security policy that README recommends. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
}

const API = /^\/(auth|health|todo|raclette|socket\.io)(\/|$)/

export interface SiteOptions {
  /** The folder to serve, or folders by path prefix. The first matching prefix counts. */
  files: string | Record<string, string>
  /** The address of the backend. */
  backend: string
  /** The paths to proxy. Default: those of the stub's API. */
  proxied?: RegExp
  policy?: string
  /** Handles a request instead of the files. Return false to serve the file. */
  answer?: (path: string, response: ServerResponse) => boolean
}

export class Site {
  readonly #server: Server
  /** Connections that became WebSockets, which an HTTP server does not track. */
  readonly #sockets = new Set<Duplex>()
  #port = 0

  private constructor(options: SiteOptions) {
    this.#server = createServer((incoming, response) => answer(options, incoming, response))
    this.#server.on("upgrade", (incoming, socket, head) => this.#upgrade(options.backend, incoming, socket, head))
  }

  /** Starts a site on a free port. */
  static async start(options: SiteOptions): Promise<Site> {
    const site = new Site(options)
    await site.listen()
    return site
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  /** Closes all connections and accepts no others until `listen()`. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Accepts connections at the same address as before. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(this.#port, "127.0.0.1", resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  #upgrade(backend: string, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { hostname, port } = new URL(backend)
    const peer = connect(Number(port), hostname, () => {
      const headers = incoming.rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`))
      peer.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join("")}\r\n`)
      peer.write(head)
      socket.pipe(peer).pipe(socket)
    })
    this.#sockets.add(socket)
    peer.on("error", () => {}).on("close", () => socket.destroy())
    socket
      .on("error", () => {})
      .on("close", () => {
        this.#sockets.delete(socket)
        peer.destroy()
      })
  }
}

function answer(options: SiteOptions, incoming: IncomingMessage, response: ServerResponse): void {
  const path = new URL(incoming.url ?? "/", "http://site").pathname
  if (options.policy) response.setHeader("content-security-policy", options.policy)
  if (options.answer?.(path, response)) return
  if ((options.proxied ?? API).test(path)) proxyRequest(options.backend, incoming, response)
  else sendFile(fileOf(options.files, path === "/" ? "/index.html" : path), response)
}

function fileOf(files: SiteOptions["files"], path: string): string {
  if (typeof files === "string") return join(files, path)
  const prefix = Object.keys(files).find((begin) => path.startsWith(begin)) ?? ""
  return join(files[prefix] ?? "", path.slice(prefix.length))
}

function proxyRequest(backend: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = "" } = incoming
  const outgoing = request(new URL(url, backend), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on("error", () => response.destroy())
  response.on("close", () => outgoing.destroy())
  incoming.pipe(outgoing)
}

function sendFile(file: string, response: ServerResponse): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end()
  response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream")
  createReadStream(file).pipe(response)
}
