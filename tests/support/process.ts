// Runs a program to its end and collects its output.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs `command` without standard input. `env` is added to the environment. */
export async function run(
  command: string,
  args: string[],
  { cwd = root, env = {} }: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  const output = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      output[name] += chunk
    })
  }
  const [code] = (await once(child, "close")) as [number | null]
  return { code, ...output }
}

/** Runs a TypeScript file of this project. */
export function runScript(
  file: string,
  args: string[],
  env: Record<string, string | undefined> = {},
): Promise<Outcome> {
  return run(process.execPath, ["--import", "tsx", file, ...args], { env })
}
