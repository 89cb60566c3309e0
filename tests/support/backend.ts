// The real backend as a child process, compiled (build/stub) since it starts faster, on a free loopback port with its
// own data folder. It can be killed or stopped, by its process id, and restarted with the same data on the same port,
// or on another port where no client finds it.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const START_TIMEOUT = 30_000

const failpointFile = new URL("failpoint.ts", import.meta.url).href

/** The built demo page. */
export const webFolder = join(root, "build/web")

/** Built pages that a backend can serve: the demo page, or the apps of the browser suite. */
const pages = { demo: webFolder, apps: join(root, "build/apps") }

export interface BackendOptions {
  /** Built pages to serve. Default: none. */
  web?: keyof typeof pages
  /** The program to start, JavaScript or TypeScript. Default: the compiled stub. */
  program?: string
  /** Added to the environment. */
  env?: Record<string, string>
  /** The point at which it is killed: see failpoint.ts. Default: none. */
  failpoint?: "before-commit" | "after-commit"
}

/** A free loopback port. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("The system assigned no port")
  return address.port
}

/** Resolves when the backend listens. Rejects with its output if it exits or takes too long. */
function untilReady(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ""
    const fail = (why: string) => reject(new Error(`The backend ${why}. Its output:\n${output}`))
    const limit = setTimeout(() => fail(`was not ready within ${START_TIMEOUT} ms`), START_TIMEOUT)
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      if (!output.includes(line)) return
      clearTimeout(limit)
      resolve()
    }
    child.stdout?.on("data", hear)
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.once("exit", (code) => {
      clearTimeout(limit)
      fail(`ended with code ${code}`)
    })
  })
}

/** A token of the development login, from the backend at `url`. */
export async function tokenOf(url: string, user: string): Promise<string> {
  const login = await fetch(`${url}auth/dev-login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user }),
  })
  return ((await login.json()) as { token: string }).token
}

/** Adds a todo over HTTP at the backend at `url`, as a user without a client. */
export async function addTodo(url: string, name: string): Promise<void> {
  const token = await tokenOf(url, "somebody")
  const answer = await fetch(`${url}todo`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ name }),
  })
  if (!answer.ok) throw new Error(`POST /todo failed with status ${answer.status}: ${await answer.text()}`)
}

export class Backend {
  readonly #port: number
  readonly #data: string
  readonly #options: BackendOptions
  #child: ChildProcess | undefined
  #at: number
  #log = ""

  private constructor(port: number, data: string, options: BackendOptions) {
    this.#port = port
    this.#at = port
    this.#data = data
    this.#options = options
  }

  /** Starts a backend without todos. */
  static async create(options: BackendOptions = {}): Promise<Backend> {
    if (options.web && !existsSync(pages[options.web])) {
      throw new Error(`${pages[options.web]} is missing. Run \`npm test -- e2e\`, which builds it.`)
    }
    for (let tries = 1; ; tries++) {
      const backend = new Backend(await freePort(), await mkdtemp(join(tmpdir(), "raclette-backend-")), options)
      try {
        await backend.start()
        return backend
      } catch (error) {
        await backend.dispose()
        // Another process has taken the port in between.
        if (tries === 3 || !String(error).includes("is already in use")) throw error
      }
    }
  }

  /** The address that clients use. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  /** Starts it at the clients' address. */
  start(): Promise<void> {
    return this.#startAt(this.#port)
  }

  /** Starts it with the same data on another port, where no client finds it. */
  async startOnOtherPort(): Promise<void> {
    await this.#startAt(await freePort())
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  }

  /** Stops it with SIGTERM, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child
    this.#child = undefined
    if (!child) throw new Error("the backend does not run")
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    child.kill("SIGTERM")
    const [code] = await once(child, "exit")
    return code as number | null
  }

  /** Its process id. Throws if it does not run. */
  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error("the backend does not run")
    return pid
  }

  /** The port on which it listens now. */
  get port(): number {
    return this.#at
  }

  /** The messages that it has logged since the first start. */
  get log(): string[] {
    const lines = this.#log.split("\n").filter((line) => line !== "")
    return lines.map((line) => (line.startsWith("{") ? (JSON.parse(line) as { msg: string }).msg : line))
  }

  /** A token of the development login. */
  token(user: string): Promise<string> {
    return tokenOf(`http://127.0.0.1:${this.#at}/`, user)
  }

  /** Adds a todo over HTTP, as a user without a client. */
  addTodo(name: string): Promise<void> {
    return addTodo(`http://127.0.0.1:${this.#at}/`, name)
  }

  async dispose(): Promise<void> {
    await this.kill()
    await rm(this.#data, { recursive: true, force: true })
  }

  async #startAt(port: number): Promise<void> {
    this.#at = port
    const { failpoint, program = "build/stub/main.js" } = this.#options
    const tsx = failpoint || program.endsWith(".ts") ? ["--import", "tsx"] : []
    const imports = failpoint ? ["--import", failpointFile] : []
    const child = spawn(process.execPath, [...tsx, ...imports, program], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        HOST: "127.0.0.1",
        DEV_LOGIN: "1",
        RACLETTE_DATA: this.#data,
        ...(this.#options.web && { RACLETTE_WEB: pages[this.#options.web] }),
        ...(failpoint && { FAILPOINT: failpoint }),
        ...this.#options.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
    this.#child = child
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#log += chunk.toString()
    })
    await untilReady(child, `raclette-wasm demo: http://127.0.0.1:${port}/`)
  }
}
