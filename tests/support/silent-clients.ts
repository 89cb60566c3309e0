// Thousands of connections that never send anything. They are in separate processes, so that the limit of open files of
// the test's process is left to its server. They close with the test.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const script = fileURLToPath(new URL("silent-client-process.ts", import.meta.url))
/** The number of connections per process. */
const SHARE = 5000
/** Other open files of a process: modules, a database, pipes. */
const OWN_FILES = 500

export interface SilentClients {
  /** Resolves when the server has accepted all. */
  open: Promise<void>
  /** Resolves when the server has closed all. */
  closed: Promise<void>
}

/** Opens `count` connections to this process' server at `port`. Throws if the limit of open files is too low. */
export function silentClients(port: number, count: number): SilentClients {
  expectFiles(count + OWN_FILES)
  const shares = Array.from({ length: Math.ceil(count / SHARE) }, (_, n) => Math.min(SHARE, count - n * SHARE))
  const processes = shares.map((share) => start(port, share))
  const all = async (line: string) => void (await Promise.all(processes.map((one) => output(one, line))))
  const [open, closed] = [all("open"), all("closed")]
  // A failure rejects both; a caller that awaits only one must not cause an unhandled rejection.
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

/** Resolves when `child` prints `line`. Rejects with its output if it exits before. */
function output(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ""
    const hear = (chunk: Buffer) => {
      text += chunk
      if (text.split("\n").includes(line)) resolve()
    }
    child.stdout?.on("data", hear)
    child.stderr?.on("data", hear)
    child.once("close", () =>
      reject(new Error(`The silent clients exited before they printed "${line}". Their output: ${text}`)),
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
