// Writes the code blocks of a document to files, as a reader who follows it would.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { root } from "../support/process"

/** The code blocks of a document. Blocks without a file name get one. */
export async function examplesOf(document: string): Promise<{ file: string; code: string }[]> {
  const text = await readFile(join(root, "docs", document), "utf8")
  const blocks = text.matchAll(/^```(\w+) ?([\w.+-]*)\n(.*?)^```$/gms)
  return [...blocks].map(([, language, file, code = ""], i) => ({ file: file || `example-${i}.${language}`, code }))
}

/** The code blocks by their file names. */
export async function filesOf(document: string): Promise<Record<string, string>> {
  return Object.fromEntries((await examplesOf(document)).map(({ file, code }) => [file, code]))
}
