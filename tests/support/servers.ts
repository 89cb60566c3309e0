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
  /** Its address: what `REDIS_URL` or `DATABASE_URL` is set to, or where nginx is asked. */
  url: string
  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void
  /** Ends it by `signal` and keeps its data. SIGINT, the default: in good order; PostgreSQL crashes by SIGQUIT. */
  end(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again where it was, with its data. */
  begin(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** How long one may take until it answers, in ms. */
const START_LIMIT = 15_000

/** Runs `program` until `stop()`, which removes `folder`; resolves when it takes connections at `url`. */
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
    // One that was stopped would not hear of it.
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

/** Resolves when the process takes connections; rejects with what it said if it ends, or takes too long. */
async function untilAnswers(child: ChildProcess, program: string, port: number): Promise<void> {
  const said = collectOutput(child)
  for (const limit = Date.now() + START_LIMIT; !(await answers(port)); await pause(50)) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    if (hasEnded) throw new Error(`${program} ended with code ${child.exitCode}. It said:\n${said()}`)
    if (Date.now() > limit) throw new Error(`${program} did not answer within ${START_LIMIT} ms. It said:\n${said()}`)
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

/** A Redis server that keeps nothing on disk, at `port` or at any that is free. */
export async function startRedis(port?: number): Promise<Service> {
  port ??= await freePort()
  const folder = mkdtempSync(join(tmpdir(), "raclette-redis-"))
  const options = { "--port": String(port), "--bind": "127.0.0.1", "--dir": folder, "--save": "", "--appendonly": "no" }
  return start("redis-server", Object.entries(options).flat(), {}, `redis://127.0.0.1:${port}`, folder)
}

/** A PostgreSQL server with one database, which is empty. */
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

/** Where a program of PostgreSQL is: in the newest of the versions that Debian installed, or on the PATH. */
function postgresProgram(name: string): string {
  const versions = "/usr/lib/postgresql"
  if (!existsSync(versions)) return name
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))
  return join(versions, newest[0] ?? "", "bin", name)
}
