// Thousands of connections that never send anything. They are in separate processes, so that the limit of open files of
// the test's process is left to its server. They close with the test.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const script = fileURLToPath(new URL("silent-client-process.ts", import.meta.url))
/** Connections of one process. */
const SHARE = 5000
/** What a process has open besides: modules, a database, pipes. */
const OWN_FILES = 500

export interface SilentClients {
  /** Resolves when the server has accepted all. */
  open: Promise<void>
  /** Resolves when the server has ended all. */
  closed: Promise<void>
}

/** Opens `count` connections to the server of this process, at `port`. Throws if it may not have so many. */
export function silentClients(port: number, count: number): SilentClients {
  expectFiles(count + OWN_FILES)
  const shares = Array.from({ length: Math.ceil(count / SHARE) }, (_, n) => Math.min(SHARE, count - n * SHARE))
  const processes = shares.map((share) => start(port, share))
  const all = async (line: string) => void (await Promise.all(processes.map((one) => said(one, line))))
  const [open, closed] = [all("open"), all("closed")]
  // Who waits for the one hears there why the other never comes.
  for (const one of [open, closed]) one.catch(() => {})
  return { open, closed }
}

function start(port: number, count: number): ChildProcess {
  const args = ["--import", "tsx", script, String(port), String(count)]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })
  return child
}

/** Resolves when `child` said `line`; rejects with what it said if it ends before. */
function said(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ""
    const hear = (chunk: Buffer) => {
      text += chunk
      if (text.split("\n").includes(line)) resolve()
    }
    child.stdout?.on("data", hear)
    child.stderr?.on("data", hear)
    child.once("close", () =>
      reject(new Error(`The silent clients ended before they were ${line}. They said: ${text}`)),
    )
  })
}

function expectFiles(needed: number): void {
  const { userLimits } = process.report.getReport() as unknown as { userLimits: { open_files: { soft: unknown } } }
  const limit = userLimits.open_files.soft
  if (limit === "unlimited" || Number(limit) >= needed) return
  throw new Error(
    `This test's server needs ${needed} open files, and a process may have ${limit} here: raise the hard limit ` +
      `(\`ulimit -Hn\`) to ${needed} at least, then run it again.`,
  )
}
