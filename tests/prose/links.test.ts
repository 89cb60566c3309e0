// The checks of links find broken ones: in the Markdown files (`npm test -- lint`) and in the pages of the site (`npm run docs`).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"

const script = (name: string) => new URL(`../../scripts/${name}`, import.meta.url).href
const markdown = (await import(script("links.mjs"))) as {
  brokenLinks(files: string[], read: (file: string) => string | undefined): string[]
}
const site = (await import(script("docs.mjs"))) as { brokenLinks(folder: string): string[] }

describe("links of Markdown files", () => {
  const target = "# The page\n\n## `$socket`, and more\n\n## Twice\n\n## Twice\n"
  const broken = (text: string) => {
    const files: Record<string, string> = {
      "docs/a.md": text,
      "docs/b.md": target,
      "README.md": "# Top\n",
      "docs/x.conf": "",
    }
    return markdown.brokenLinks(["docs/a.md"], (file) => files[file])
  }

  it.each([
    ["a file that is missing", "[x](c.md)", "docs/c.md does not exist"],
    ["a picture that is missing", "![x](c.png)", "docs/c.png does not exist"],
    ["a heading that is missing", "[x](b.md#nothing)", "docs/b.md has no heading #nothing"],
    ["a heading of its own that is missing", "# Here\n\n[x](#there)", "docs/a.md has no heading #there"],
    ["a path from the wrong folder", "[x](README.md)", "docs/README.md does not exist"],
    ["a link by its name", "[x][1]\n\n[1]: c.md", "docs/c.md does not exist"],
    ["an address without encryption", "[x](http://example.org)", "not an https address"],
    ["an address that is none", "[x](https://)", "not an https address"],
    ["an address that cannot be decoded", "[x](https://example.org/100%)", "malformed"],
  ])("finds %s", (_, text, why) => {
    expect(broken(text)).toEqual([expect.stringMatching(new RegExp(`^docs/a\\.md:\\d+ .*: ${why}`))])
  })

  it("has nothing against links that lead somewhere", () => {
    const links = [
      "b.md",
      "b.md#the-page",
      "b.md#socket-and-more",
      "b.md#twice-1",
      "../README.md#top",
      "x.conf",
      "https://x.org/a",
    ]
    expect(broken(links.map((link) => `[x](${link})`).join("\n\n"))).toEqual([])
  })
})

describe("links of the site's pages", () => {
  const broken = (pages: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), "site-"))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const [name, text] of Object.entries(pages)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return site.brokenLinks(folder)
  }

  it("finds pages, files and headings that are missing", () => {
    const links = ["/b.html", "/a.html#x", "/c.html", "/a.html#y", "../f.png", "#z"]
      .map((link) => `<a href="${link}">`)
      .join("")
    expect(broken({ "a.html": '<h1 id="x">', "b.html": "", "api/d.html": links })).toEqual([
      "api/d.html: /c.html",
      "api/d.html: /a.html#y",
      "api/d.html: ../f.png",
      "api/d.html: #z",
    ])
  })
})
