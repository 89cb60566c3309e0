// The socket's options have the same names and defaults in js-glue/types/options.ts and in the core, which reads them
// from JSON.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../support/process"

const read = (path: string) => readFileSync(join(root, path), "utf8")

/** Options that the core does not read. */
const ofBinding = ["extraHeaders", "withCredentials", "ackTimeout", "maxAttachments"]

/** Options and their defaults, from the table that is generated from the types. */
function declaredOptions(): Map<string, string> {
  const table = /^<!-- .*, SocketOptions: .*\n((?:\|.*\n)+)/m.exec(read("docs/options.md"))?.[1] ?? ""
  const rows = [...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)]
  return new Map(rows.map(([, name = "", value = ""]) => [name, value.replaceAll("`", "")]))
}

/** Options that the core reads, and the defaults in its structs. */
function readOptions(): Map<string, string> {
  const fields = read("wasm/core/src/socket/options.h")
  const readers = read("wasm/core/src/socket/options.cpp")
  const calls = [...readers.matchAll(/\(?(?:Field\(socket, )?"(\w+)"\)?, options\.(\w+)/g)]
  return new Map(calls.map(([, name = "", field]) => [name, defaultOf(fields, field)]))
}

function defaultOf(fields: string, field: string | undefined): string {
  const value = new RegExp(`^  [\\w:<>]+ ${field}(?: = (.*))?;`, "m").exec(fields)
  if (!value) throw new Error(`there is no field ${field}`)
  const [, text = "none"] = value
  const list = /^\{(.*)\}$/.exec(text)?.[1]?.replace(/TransportKind::(\w+)/g, '"$1"')
  return list ? `[${list}]` : text.replace(/["']/g, "").replace("kNoLimit", "Infinity")
}

it("the socket's options are the same on both sides, with the same defaults", () => {
  const declared = declaredOptions()
  for (const name of ofBinding) expect(declared.delete(name), name).toBe(true)
  const sorted = (options: Map<string, string>) => [...options].sort(([a], [b]) => (a < b ? -1 : 1))
  expect(sorted(readOptions())).toEqual(sorted(declared))
  expect(declared.size).toBeGreaterThan(15)
})
