// A backend and its load process, each a child of the bench on its own core. The backend is the real one with
// production settings, or the bare app; each has its own database. Both processes are ended by their ids in any case.
import { type ChildProcess, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Backend } from "../../support/backend"
import { root } from "../../support/process"
import type { Percentiles } from "./percentiles"
import type { Answer, Command, Load, Observed } from "./protocol"

const loadProgram = fileURLToPath(new URL("load.ts", import.meta.url))
const bareProgram = fileURLToPath(new URL("bare.ts", import.meta.url))

/** How many clients a rig is warmed up with, and how many writes a second. */
const WARM_UP = { clients: 20, rate: 50 }

/** The settings of a rig, and its warm-up, in which both processes compile hot code. */
export interface RigOptions {
  /** The fewest clients that it is used with. */
  clients: number
  /** How many writes it is warmed up by. */
  writes: number
  /** Whether the backend is the bare app. Default: it is the stub. */
  isBare?: boolean
}

export class Rig {
  /** How many clients are connected. */
  clients = 0
  readonly #backend: Backend
  readonly #load: ChildProcess

  private constructor(load: ChildProcess, backend: Backend) {
    this.#load = load
    this.#backend = backend
  }

  /** A rig that has been warmed up. */
  static async create({ clients, writes, isBare = false }: RigOptions): Promise<Rig> {
    const secret = randomBytes(32).toString("hex")
    const env = { NODE_ENV: "production", JWT_SECRET: secret, RATE_LIMIT: "0", LOG_LEVEL: "error" }
    const load = fork(loadProgram, { cwd: root, execArgv: ["--import", "tsx"] })
    const backend = await Backend.create({ env, ...(isBare && { program: bareProgram }) }).catch(async (error) => {
      await end(load)
      throw error
    })
    const rig = new Rig(load, backend)
    try {
      await rig.#ask({ target: { url: backend.url, secret, pid: backend.pid } })
      await rig.grow(Math.min(clients, WARM_UP.clients))
      await rig.run({ pace: { rate: WARM_UP.rate }, writes })
      return rig
    } catch (error) {
      await rig.close()
      throw error
    }
  }

  /** Connects clients until there are `count`. Resolves with how long each took, in ms; rejects if one fails. */
  async grow(count: number): Promise<Percentiles> {
    const answer = await this.#ask({ clients: count })
    if (!("connectTime" in answer)) throw new Error("The load process returned no connect time")
    this.clients = count
    return answer.connectTime
  }

  /** Puts the backend under load. */
  async run(load: Load): Promise<Observed> {
    const answer = await this.#ask({ load })
    if (!("observed" in answer)) throw new Error("The load process returned no observations")
    return answer.observed
  }

  /** Ends both processes and removes the data. */
  async close(): Promise<void> {
    await end(this.#load)
    await this.#backend.dispose()
  }

  async #ask(command: Command): Promise<Answer> {
    const stop = new AbortController()
    const { signal } = stop
    const said = once(this.#load, "message", { signal })
    const ended = once(this.#load, "exit", { signal }).then(([code]) => {
      throw new Error(`The load process exited with code ${code}`)
    })
    try {
      this.#load.send(command)
      const [answer] = (await Promise.race([said, ended])) as [Answer]
      if ("error" in answer) throw new Error(answer.error)
      return answer
    } finally {
      for (const promise of [said, ended]) promise.catch(() => {})
      stop.abort()
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}
