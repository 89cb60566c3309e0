// docs/errors.md has one section for each code, and its examples end in the error that they promise.
import { readFileSync } from "node:fs"
import { transform } from "esbuild"
import { describe, expect, it, onTestFinished } from "vitest"
import { createRuntime, type RacletteError, type Runtime, type RuntimeOptions } from "../../js-glue"
import { reply } from "../../js-glue/testing"
import { errorCodes, RacletteError as TableError } from "../../js-glue/types/errors"
import { makeBackend, wasm } from "./harness"

type Seen = Pick<RacletteError, "message"> & { code: string }

const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")
const sections = text
  .split(/^### /m)
  .slice(1)
  .map((section) => {
    const code = /^`(\w+)`/.exec(section)?.[1] ?? ""
    const [, kind = "", block = ""] = /^```(\S+.*)\n([\s\S]*?)^```$/m.exec(section) ?? []
    const promised = /^(?:\/\/ )?[A-Z_]+: (.*)$/m.exec(block)?.[1] ?? ""
    return { code, kind, block, promised, prose: section.split("\n").slice(1).join("\n").trim() }
  })

/** Runs an example on its own connected page. Returns all errors that it caused. */
async function errorsOf(example: string): Promise<Seen[]> {
  const seen: Seen[] = []
  const note = (error: Seen | undefined) => error && seen.push(error)
  const backend = makeBackend({ clock: "virtual", pingInterval: 25_000 })
  const options: RuntimeOptions = { ...backend.options, wasm, log: { sink() {} }, onError: note }
  const open = async (given: RuntimeOptions): Promise<Runtime> => {
    const runtime = await createRuntime(given)
    onTestFinished(() => runtime.dispose())
    runtime.$socket.reason.subscribe(note)
    return runtime
  }
  const runtime = await open(options)
  await backend.settled()
  const names = {
    backend,
    options,
    runtime,
    reply,
    createRuntime: open,
    note,
    ...runtime.usePluginApi("pacifico__todo"),
  }
  const noted = example.replaceAll(/^await (.*)$/gm, "note((await $1)?.error)")
  const { code } = await transform(`(async () => {\n${noted}\n})()`, { loader: "ts" })
  const run = new Function(...Object.keys(names), `return ${code}`)(...Object.values(names)).catch(note)
  await backend.advance(60_000)
  await run
  return seen
}

it("has a section for each code, and for no other", () => {
  expect(sections.map(({ code }) => code).sort()).toEqual(errorCodes.slice(1).sort())
})

it("runs most of the examples", () => {
  expect(sections.filter(({ kind }) => kind === "ts error").length).toBeGreaterThan(25)
})

describe.each(sections)("$code", ({ code, block, promised, prose }) => {
  it("says why, what to do, and what shows", () => {
    expect(prose.indexOf("```")).toBeGreaterThan(60)
    expect(promised.startsWith(new TableError(code as RacletteError["code"]).message), promised).toBe(true)
    expect(block).toMatch(new RegExp(`^(// )?${code}: `, "m"))
  })
})

it.each(sections.filter(({ kind }) => kind === "ts error"))("$code shows", async ({ code, block, promised }) => {
  const messages = (await errorsOf(block)).filter((error) => error.code === code).map(({ message }) => message)
  const [before = "", after] = promised.split("…")
  const isPromised = (message: string) =>
    after === undefined ? message === before : message.startsWith(before) && message.endsWith(after)
  expect(messages.filter(isPromised), messages.join("\n")).not.toEqual([])
})
