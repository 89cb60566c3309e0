// The bench of size: what a page downloads, beside a comparable stack of peers, and what each part costs: the module by
// section and function, the JavaScript by source module. The result is deterministic; tests/package/size.test.ts holds
// the ceiling.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { root } from "../../support/process"
import type { BenchOptions, Build } from "../harness/builds"
import { bundle } from "../harness/bundle"
import { factor, table } from "../harness/table"
import type { Report } from "../report"
import budget from "./budget.json"
import { pageSizes, type Size, shippedSizes, sizeOf } from "./shipped"
import { type Part, partsOf } from "./wasm-module"

const MAX_ROWS = 25

/** esbuild's metafile of a bundle. */
interface Meta {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>
}

/** The stacks that a page would need instead: that of the budget, and the leanest. */
async function peerSizes(): Promise<Size[]> {
  const stacks = {
    "socket.io-client + query-core + eventemitter2 + axios": `export * from "./start/peers"`,
    "socket.io-client + query-core + mitt (and fetch)": `export { io } from "socket.io-client"
      export { QueryClient, QueryObserver } from "@tanstack/query-core"
      export { default as mitt } from "mitt"`,
  }
  const sizes = Object.entries(stacks).map(async ([name, code]) => sizeOf(name, Buffer.from(await bundle(code))))
  return Promise.all(sizes)
}

async function moduleParts() {
  const [module, symbols] = await Promise.all([
    readFile(join(root, "dist/raclette.wasm")),
    readFile(join(root, "build/raclette.wasm.symbols"), "utf8"),
  ])
  return partsOf(module, symbols)
}

async function scriptParts(): Promise<Part[]> {
  const meta = JSON.parse(await readFile(join(root, "build/index.meta.json"), "utf8")) as Meta
  return Object.values(meta.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([name, { bytesInOutput }]) => ({ name: name.replace(/^.*node_modules\//, ""), size: bytesInOutput }))
}

const bytes = (size: number) => size.toLocaleString("en")
const largest = (parts: readonly Part[]) => parts.toSorted((a, b) => b.size - a.size)

function sizeTable(sizes: readonly Size[]): string {
  const rows = sizes.map(({ name, raw, gzip, brotli }) => [name, ...[raw, gzip, brotli].map(bytes)])
  return table(["", "raw", "gzip", "brotli"], rows)
}

function partTable(what: string, parts: readonly Part[]): string {
  const sorted = largest(parts)
  const rest = sorted.slice(MAX_ROWS)
  const rows = sorted.slice(0, MAX_ROWS).map(({ name, size }) => [readable(name).slice(0, 90), bytes(size)])
  if (rest.length > 0) rows.push([`${rest.length} more`, bytes(rest.reduce((sum, { size }) => sum + size, 0))])
  return table([what, "bytes"], rows)
}

/** A symbol as C++ spells it: the map writes what is no letter as a backslash and two hex digits. */
export function readable(symbol: string): string {
  return symbol
    .replace(/\\([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll("std::__2::", "std::")
    .replace(/basic_string<char, std::char_traits<char>, std::allocator<char> ?>/g, "string")
}

/** The files of both versions that both have, and what their pages load, with our size as a multiple of the other's. */
async function beside({ name, dist }: Build): Promise<string> {
  const [ours, theirs] = await Promise.all([ourSizes(), ourSizes(dist)])
  const rows = ours.flatMap((size) => {
    const other = theirs.find((one) => one.name === size.name)
    if (!other) return []
    const change = size.brotli - other.brotli
    const sign = change > 0 ? "+" : ""
    return [
      [
        size.name,
        ...[size.brotli, other.brotli].map(bytes),
        `${sign}${bytes(change)}`,
        factor(size.brotli / other.brotli),
      ],
    ]
  })
  return table(["brotli", "this version", name, "change", "ratio"], rows)
}

async function ourSizes(dist?: string): Promise<Size[]> {
  const [shipped, { first, all }] = await Promise.all([shippedSizes(dist), pageSizes(dist)])
  return [...shipped, first, all]
}

/** The download size of a page and its budget, in one sentence. */
function verdictOf({ name, brotli }: Size, { must, ceiling }: { must: number; ceiling: number }, peer: Size): string {
  const holds = brotli <= must
  return (
    `${name}: ${bytes(brotli)} bytes of ${bytes(must)}: ${holds ? "holds" : "MISSED"}; ` +
    `${(brotli / peer.brotli).toFixed(2)}× the stack of peers. The ceiling of the test: ${bytes(ceiling)}.`
  )
}

export async function run({ against }: BenchOptions): Promise<Report> {
  const [shipped, { first, all }, peers, parts, scripts] = await Promise.all([
    shippedSizes(),
    pageSizes(),
    peerSizes(),
    moduleParts(),
    scriptParts(),
  ])
  const stack = peers[0] as Size
  const text = [
    sizeTable([...shipped, first, all, ...peers]),
    `${verdictOf(first, budget.first, stack)}\n${verdictOf(all, budget.all, stack)}`,
    ...(against ? [await beside(against)] : []),
    partTable("raclette.wasm by section", parts.sections),
    partTable("raclette.wasm by function", parts.functions),
    partTable("index.js by module", scripts),
  ].join("\n\n")
  const data = { shipped, first, all, peers, budget, wasm: parts.sections, scripts: largest(scripts) }
  return { name: "size", title: "Size", text, data: { ...data, functions: largest(parts.functions).slice(0, 100) } }
}
