// "autoUnref option" of the official suite: whether a client keeps its process alive. A runtime has no such option; a
// program passes a connection and timers that do not.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { until } from "../../support/until"
import { connected, makeServer, peers } from "./cases"
import { openOfficial } from "./facade"

const program = fileURLToPath(new URL("unref-process.ts", import.meta.url))

function run(client: string, url: string, how: "unref" | "ref") {
  const child = spawn(process.execPath, ["--import", "tsx", program, client, url, how])
  onTestFinished(() => void child.kill())
  const errors: unknown[] = []
  child.stderr.on("data", (text) => errors.push(String(text)))
  return { child, errors, fired: once(child.stdout, "data"), ended: once(child, "exit") }
}

describe.each(["official", "raclette"])("%s: autoUnref option", (client) => {
  it.each([["should stop once the timer is triggered"], ["should stop once the timer is triggered (websocket)"]])(
    "%s",
    async () => {
      const { io, url } = await makeServer()
      const { fired, ended, errors } = run(client, url, "unref")
      await until(() => peers(io).length === 1)
      await fired
      expect(await ended).toEqual([0, null])
      expect(errors).toEqual([])
    },
  )

  it("should stop once the timer is triggered (even when trying to reconnect)", async () => {
    const { ended, fired } = run(client, "http://127.0.0.1:1", "unref")
    await fired
    expect(await ended).toEqual([0, null])
  })

  it("should not stop with autoUnref set to false", async () => {
    const { io, url } = await makeServer()
    const { child, fired } = run(client, url, "ref")
    await until(() => peers(io).length === 1)
    await fired
    const other = await openOfficial(url)
    await connected(other)
    await other.emitWithAck("slow", 200)
    expect(child.exitCode).toBeNull()
  })
})
