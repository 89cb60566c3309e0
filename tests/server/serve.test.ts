// `npm run serve` as an operator runs it: it serves, and a signal to its one process stops everything.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, it, onTestFinished } from "vitest"
import { root } from "../support/process"
import { temporaryFolder } from "./harness"

/** Starts `npm run serve`; resolves with its address when it serves. */
async function serve(env: Record<string, string>) {
  const child = spawn("npm", ["run", "--silent", "serve"], {
    cwd: root,
    env: { ...process.env, PORT: "0", RACLETTE_DATA: await temporaryFolder(), ...env },
    stdio: ["ignore", "pipe", "inherit"],
    // Its own process group, so that leftover processes can be killed.
    detached: true,
  })
  onTestFinished(() => {
    try {
      process.kill(-Number(child.pid), "SIGKILL")
    } catch {
      // No process was left.
    }
  })
  let said = ""
  for await (const chunk of child.stdout) {
    said += chunk
    const [url] = /http:\S+/.exec(said) ?? []
    if (url) return { child, url }
  }
  throw new Error(`It ended and said:\n${said}`)
}

describe("npm run serve", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("serves until %s, and leaves nothing behind", async (signal) => {
    const { child, url } = await serve({})
    expect(await (await fetch(`${url}health`)).json()).toEqual({ status: "ok" })
    const ended = once(child, "exit")
    child.kill(signal)
    await ended
    await expect(fetch(`${url}health`)).rejects.toThrow()
  })
})
