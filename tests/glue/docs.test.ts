// What the documents promise is shown by a test: every row of a feature table names one that is there.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../support/process"

const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))

/** Rows of the tables whose last column is headed "shown by". */
function featureRows(text: string): string[][] {
  const rows: string[][] = []
  let isInside = false
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) isInside = false
    else if (/\| shown by \|$/.test(line)) isInside = true
    else if (isInside && !line.startsWith("| ---"))
      rows.push(
        line
          .slice(1, -1)
          .split(" | ")
          .map((cell) => cell.trim()),
      )
  }
  return rows
}

const tables = docs.map((name) => ({ name, rows: featureRows(readFileSync(join(root, "docs", name), "utf8")) }))

describe.each(tables.filter(({ rows }) => rows.length > 0))("docs/$name", ({ rows }) => {
  it.each(rows.map((cells) => ({ feature: cells[0] ?? "", cells })))("$feature", ({ cells }) => {
    expect(cells).toHaveLength(4)
    expect(cells.every((cell) => cell !== "")).toBe(true)
    const [file = "", title = ""] = (cells[3] ?? "").split(" › ")
    expect(existsSync(join(root, file)), file).toBe(true)
    expect(title).not.toBe("")
    expect(readFileSync(join(root, file), "utf8")).toContain(title)
  })
})

it("the features of $socket are told", () => {
  expect(tables.find(({ name }) => name === "socket.md")?.rows.length).toBeGreaterThan(30)
})
