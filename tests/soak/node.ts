// One node of the backend, as an operator runs it: one process of `scripts/serve.mjs`, restarted when it ends. Faults
// affect it one after the other.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { root } from "../support/process"

/** How long a node may take to listen, and to become ready, in ms. */
const START_TIMEOUT = 30_000
const READY_LIMIT = 15_000
/** The delay between two attempts to start it, in ms. */
const RETRY_DELAY = 500
/** How many lines of its log are kept. */
const LINES = 40

export class SoakNode {
  readonly name: string
  readonly port: number
  readonly #env: Record<string, string>
  readonly #imports: string[]
  /** The last lines that it logged. */
  readonly log: string[] = []
  /** Exits that no fault caused. */
  readonly crashes: string[] = []
  #child: ChildProcess | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #isOver = false

  /** `imports`: modules that its process loads before anything else. */
  constructor(name: string, port: number, env: Record<string, string>, imports: string[]) {
    this.name = name
    this.port = port
    this.#env = env
    this.#imports = imports
  }

  /** Runs `work` after all earlier work on this node. */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  /** Its process; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts it, again and again while Redis or PostgreSQL is unreachable, until it serves. */
  async start(): Promise<void> {
    for (const limit = Date.now() + START_TIMEOUT; !this.#isOver; await pause(RETRY_DELAY)) {
      const failure = await this.#try()
      if (failure === undefined) return
      if (Date.now() > limit) throw new Error(`${this.name} did not start within ${START_TIMEOUT} ms: ${failure}`)
    }
  }

  /** Sends it a signal, and resolves with its exit code. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return null
    const ended = once(child, "exit")
    child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }

  /** Resolves when `/ready` responds with 200, or after a timeout. */
  async untilReady(): Promise<void> {
    const isReady = async () => {
      const answer = await fetch(`http://127.0.0.1:${this.port}/ready`, { signal: AbortSignal.timeout(2000) })
      await answer.arrayBuffer()
      return answer.ok
    }
    for (const limit = Date.now() + READY_LIMIT; Date.now() < limit && !this.#isOver; await pause(100)) {
      if (await isReady().catch(() => false)) return
    }
  }

  /** Ends it permanently. */
  async dispose(): Promise<void> {
    this.#isOver = true
    await this.end("SIGKILL")
    await this.#turn
    await this.end("SIGKILL")
  }

  /** Starts it once. Resolves with undefined when it serves, otherwise with the reason why it does not. */
  async #try(): Promise<string | undefined> {
    const imports = this.#imports.flatMap((file) => ["--import", file])
    const child = spawn(process.execPath, [...imports, join(root, "scripts/serve.mjs")], {
      cwd: root,
      env: { ...process.env, ...this.#env, PORT: String(this.port), HOST: "127.0.0.1" },
      stdio: ["ignore", "pipe", "pipe"],
    })
    this.#child = child
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#note(text))
    const serves = new Promise<undefined>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => chunk.includes("raclette-wasm demo: ") && resolve(undefined))
    })
    const ends = once(child, "exit").then(([code, signal]) => `it ended by ${signal ?? `code ${code}`}`)
    const failure = await Promise.race([serves, ends])
    if (failure !== undefined) return failure
    child.once("exit", (code, signal) => {
      if (this.#child !== child) return
      this.crashes.push(`it ended by ${signal ?? `code ${code}`}: ${this.log.slice(-5).join(" ")}`)
      // As a process manager would do.
      void this.enqueue(() => this.start())
    })
    return undefined
  }

  #note(text: string): void {
    this.log.push(...text.split("\n").filter((line) => line !== ""))
    this.log.splice(0, this.log.length - LINES)
  }
}
