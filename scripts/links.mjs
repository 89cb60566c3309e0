// Links of the Markdown files: each leads to a file of the repository, its heading is one of that file, and an address
// elsewhere is well-formed and uses https. Nothing is opened over the network. `node scripts/links.mjs` lists what is broken.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { pathToFileURL } from "node:url"
import { parse } from "@textlint/markdown-to-ast"
import GithubSlugger from "github-slugger"
import { listed } from "./listed.mjs"
import { root } from "./setup.mjs"

const textOf = (node) => node.value ?? (node.children ?? []).map(textOf).join("")

/** The headings' ids and the links of a Markdown text: `{ ids, links: [{ url, line }] }`. */
export function readLinks(text) {
  const slugger = new GithubSlugger()
  const ids = new Set()
  const links = []
  const visit = (node) => {
    if (node.type === "Header") ids.add(slugger.slug(textOf(node)))
    if (typeof node.url === "string") links.push({ url: node.url, line: node.loc.start.line })
    for (const child of node.children ?? []) visit(child)
  }
  visit(parse(text))
  return { ids, links }
}

/** What is wrong with the links of `files`, as `file:line link: why`. `read` gives a file's text, or undefined. */
export function brokenLinks(files, read) {
  const known = new Map()
  const linksOf = (file) => {
    if (!known.has(file)) known.set(file, readLinks(read(file) ?? ""))
    return known.get(file)
  }
  const wrong = (file, url) => {
    if (/^[a-z]+:/i.test(url)) return /^(https|mailto):/.test(url) && URL.canParse(url) ? "" : "not an https address"
    const [path, hash] = url.split("#")
    const target = path === "" ? file : normalize(join(dirname(file), path))
    if (read(target) === undefined) return `${target} does not exist`
    if (hash && target.endsWith(".md") && !linksOf(target).ids.has(hash)) return `${target} has no heading #${hash}`
    return ""
  }
  return files.flatMap((file) =>
    linksOf(file).links.flatMap(({ url, line }) => {
      const decoded = decodedOf(url)
      const why = decoded === undefined ? "malformed: write a % of its own as %25" : wrong(file, decoded)
      return why === "" ? [] : [`${file}:${line} ${url}: ${why}`]
    }),
  )
}

/** Undefined for a malformed address. */
function decodedOf(url) {
  try {
    return decodeURI(url)
  } catch {
    return undefined
  }
}

/** A file's text, an empty one for a folder, undefined for nothing. */
export function readFromRoot(file) {
  const path = join(root, file)
  if (!existsSync(path)) return undefined
  return file.endsWith(".md") ? readFileSync(path, "utf8") : ""
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const broken = brokenLinks(listed(["*.md"]), readFromRoot)
  for (const line of broken) console.log(line)
  process.exit(broken.length === 0 ? 0 : 1)
}
