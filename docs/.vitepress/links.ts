// Links of the documents on the site. In a document they are paths within the repository, so that they work there too;
// here they become the page's address. A file that is not a page, such as nginx.conf, is copied beside the pages, and a
// folder keeps its text without a link.
import { copyFileSync, mkdirSync, statSync } from "node:fs"
import { dirname, extname, join, posix, relative } from "node:path"
import type { MarkdownRenderer } from "vitepress"
import { apiFolder, pageOf, root } from "./pages"

type Token = ReturnType<MarkdownRenderer["parse"]>[number]

/** Files that pages link to, by their paths in the repository. */
const linked = new Set<string>()

/** A source's extension may mean something else to a server: `.ts` is a film. */
const addressOf = (file: string) => `source/${file}${/^\.(svg|png|txt|json)$/.test(extname(file)) ? "" : ".txt"}`

/** Sets the target of a link in `file`. Returns false where there is nothing to link to. */
function resolve(link: Token, file: string, base: string): boolean {
  const [path = "", hash] = (link.attrGet("href") ?? "").split("#")
  if (path === "" || /^([a-z]+:|\/)/.test(path)) return true
  const target = posix.normalize(posix.join(posix.dirname(file), path))
  const page = pageOf(target)
  if (page) link.attrSet("href", `/${page}${hash === undefined ? "" : `#${hash}`}`)
  else if (statSync(join(root, target), { throwIfNoEntry: false })?.isFile()) {
    linked.add(target)
    link.attrSet("href", base + addressOf(target))
    link.attrSet("target", "_self")
  } else return false
  return true
}

/** The plugin of markdown-it. */
export function repositoryLinks(base: string) {
  return (md: MarkdownRenderer) => {
    md.core.ruler.push("repository-links", ({ tokens, env }) => {
      // A heading that becomes a title belongs to no file.
      if (env.path === undefined) return
      const file = relative(root, env.realPath ?? env.path)
      for (const { children } of tokens) {
        const open: Token[] = []
        for (const token of children ?? []) {
          // A tag in a sentence is one that it speaks of; the reference alone is written with HTML.
          if (token.type === "html_inline" && !file.startsWith(apiFolder)) token.type = "text"
          if (token.type === "link_open") {
            if (!resolve(token, file, base)) {
              token.type = "text_open"
              token.tag = "span"
              token.attrs = null
            }
            open.push(token)
          } else if (token.type === "link_close") {
            const opened = open.pop()
            if (opened?.type === "text_open") Object.assign(token, { type: "text_close", tag: "span" })
          }
        }
      }
    })
  }
}

/** Copies the linked files beside the pages. */
export function copyLinked(outDir: string): void {
  for (const file of linked) {
    const copy = join(outDir, addressOf(file))
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(join(root, file), copy)
  }
}
