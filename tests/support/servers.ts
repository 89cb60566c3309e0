// Redis and PostgreSQL servers as child processes of the test, on free loopback ports with their own data folders. They
// are stopped by their process ids. PostgreSQL refuses to run as root; there it runs as the user that Debian's package
// creates.
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { freePort } from "./backend"

export interface Service {
  /** Its address: a value for `REDIS_URL` or `DATABASE_URL`, or nginx' URL. */
  url: string
  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void
  /** Ends it with `signal`, and keeps its data. SIGINT, the default, shuts it down; SIGQUIT crashes PostgreSQL. */
  end(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port with its data. */
  begin(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** How long a service may take to accept connections, in ms. */
const START_TIMEOUT = 15_000

/** Runs `program` until `stop()`, which removes `folder`. Resolves when it accepts connections at `url`. */
export async function start(
  program: string,
  args: string[],
  options: object,
  url: string,
  folder: string,
): Promise<Service> {
  let child: ChildProcess
  const begin = async () => {
    child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
    await untilAnswers(child, program, Number(new URL(url).port))
  }
  const end = async (signal: NodeJS.Signals = "SIGINT") => {
    if (child.exitCode !== null || child.signalCode !== null) return
    // A process stopped with SIGSTOP would not get the signal.
    child.kill("SIGCONT")
    // PostgreSQL and nginx call SIGINT a fast shutdown; Redis ends as well.
    child.kill(signal)
    await once(child, "exit")
  }
  const stop = async () => {
    await end()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await begin()
  } catch (error) {
    await stop()
    throw error
  }
  return { url, signal: (name) => void child.kill(name), end, begin, stop }
}

/** Resolves when the process accepts connections. Rejects with its output if it exits or takes too long. */
async function untilAnswers(child: ChildProcess, program: string, port: number): Promise<void> {
  const output = collectOutput(child)
  for (const limit = Date.now() + START_TIMEOUT; !(await answers(port)); await pause(50)) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    if (hasEnded) throw new Error(`${program} exited with code ${child.exitCode}. Its output:\n${output()}`)
    if (Date.now() > limit)
      throw new Error(`${program} accepted no connection within ${START_TIMEOUT} ms. Its output:\n${output()}`)
  }
}

function collectOutput(child: ChildProcess): () => string {
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
}

/** Starts a Redis server without persistence, on `port` or on a free port. */
export async function startRedis(port?: number): Promise<Service> {
  port ??= await freePort()
  const folder = mkdtempSync(join(tmpdir(), "raclette-redis-"))
  const options = { "--port": String(port), "--bind": "127.0.0.1", "--dir": folder, "--save": "", "--appendonly": "no" }
  return start("redis-server", Object.entries(options).flat(), {}, `redis://127.0.0.1:${port}`, folder)
}

/** Starts a PostgreSQL server with an empty database. */
export async function startPostgres(): Promise<Service> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), "raclette-postgres-"))
  const owner = process.getuid?.() === 0 ? userIds("postgres") : undefined
  if (owner) chownSync(folder, owner.uid, owner.gid)
  chmodSync(folder, 0o700)
  const data = join(folder, "data")
  const options = { cwd: folder, env: { ...process.env, LC_ALL: "C.UTF-8" }, ...owner }
  const login = ["--auth=trust", "--username=raclette"]
  execFileSync(postgresProgram("initdb"), ["--pgdata", data, "--no-sync", "--encoding=UTF8", ...login], options)
  const settings = { port: String(port), listen_addresses: "127.0.0.1", unix_socket_directories: folder, fsync: "off" }
  const args = ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])]
  const url = `postgres://raclette@127.0.0.1:${port}/postgres`
  return start(postgresProgram("postgres"), args, options, url, folder)
}

function userIds(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

/** The path of a PostgreSQL program: of the newest version that Debian installed, or from the PATH. */
function postgresProgram(name: string): string {
  const versions = "/usr/lib/postgresql"
  if (!existsSync(versions)) return name
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))
  return join(versions, newest[0] ?? "", "bin", name)
}
