// Every row of a feature table in the documents names a test that exists.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../support/process"

interface Row {
  feature: string
  cells: string[]
  /** The number of columns of the table. */
  columns: number
}

function cellsOf(line: string): string[] {
  const cells = line.slice(1, -1).split(" | ")
  return cells.map((cell) => cell.trim())
}

/** The rows of all tables whose last column is named "shown by". */
function featureRows(file: string): Row[] {
  const rows: Row[] = []
  let columns = 0
  for (const line of readFileSync(join(root, "docs", file), "utf8").split("\n")) {
    const cells = cellsOf(line)
    if (!line.startsWith("|")) columns = 0
    else if (cells.at(-1) === "shown by") columns = cells.length
    else if (columns > 0 && !line.startsWith("| ---")) rows.push({ feature: cells[0] ?? "", cells, columns })
  }
  return rows
}

const files = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))
const tables = files.map((name) => ({ name, rows: featureRows(name) }))

describe.each(tables.filter(({ rows }) => rows.length > 0))("docs/$name", ({ rows }) => {
  it.each(rows)("$feature", ({ cells, columns }) => {
    expect(cells).toHaveLength(columns)
    expect(cells.filter((cell) => cell === "")).toEqual([])
    const [file = "", title = ""] = (cells.at(-1) ?? "").split(" › ")
    expect(existsSync(join(root, file)), file).toBe(true)
    expect(title).not.toBe("")
    expect(readFileSync(join(root, file), "utf8")).toContain(title)
  })
})

it.each([
  ["comparison.md", 80],
  ["from-raclette.md", 25],
  ["from-socket.io-client.md", 20],
  ["from-tanstack-query.md", 20],
  ["vue.md", 30],
  ["svelte.md", 15],
])("%s has its table", (name, least) => {
  expect(tables.find((table) => table.name === name)?.rows.length).toBeGreaterThanOrEqual(least)
})
