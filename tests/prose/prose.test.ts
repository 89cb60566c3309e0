// The linters of prose and spelling find what they are for: each sentence below is planted, and an exception that nothing
// needs any more is a failure.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { parse } from "yaml"
import { root } from "../support/process"

/** What is found in the text of a file, a line for each: `file:line rule: message`. */
type Lint = (file: string, text: string) => Promise<string[]>

const script = new URL("../../scripts/prose.mjs", import.meta.url).href
const { proseLinter } = (await import(script)) as { proseLinter(): Promise<Lint> }
const { listed } = (await import(new URL("../../scripts/listed.mjs", import.meta.url).href)) as {
  listed(patterns: string[]): string[]
}
let lint: Lint
beforeAll(async () => {
  lint = await proseLinter()
})

const planted = [
  ["a passive without the one who does it", "The page is told of the event.", "prh"],
  ["another", "Credentials are asked for once.", "prh"],
  ["a clause without a noun", "It ends here. What was read before stays.", "prh"],
  ["the same at the beginning", "What the page reads is dropped.", "prh"],
  ["a relative clause without a noun", "It keeps those that wait.", "prh"],
  ["a verb without its helper", "A name that the config has not fails.", "prh"],
  ["a negated noun", "The answer is no JSON.", "prh"],
  ["an old word", "The list is read anew.", "prh"],
  ["the work of a hand", "Close it by hand.", "prh"],
  ["a chain of semicolons", "It waits; then it asks; then it ends.", "prh"],
  ["the same in a link", "See [what is told](x.md).", "prh"],
  ["the same in a table", "| a | b |\n| --- | --- |\n| x | The page is told of it. |", "prh"],
  ["a long sentence", `The server ${"sends an event to every client and ".repeat(6)}then it ends.`, "sentence-length"],
  ["a name that its owner writes otherwise", "It runs in Javascript.", "terminology"],
  ["a word twice", "It waits for the the server.", "write-good"],
  ["a wordy phrase", "It waits in order to save a request.", "write-good"],
] as const

describe("the prose linter", () => {
  it.each(planted)("finds %s", async (_, sentence, rule) => {
    expect(await lint("docs/planted.md", `# Title\n\n${sentence}\n`)).toEqual([
      expect.stringMatching(new RegExp(`^docs/planted\\.md:\\d+ ${rule}: .`)),
    ])
  })

  it("has nothing against plain sentences", async () => {
    const text =
      "# What you get\n\nThe server emits an event. What does the client do?\nThere is no limit; see `is told`.\n"
    expect(await lint("docs/planted.md", text)).toEqual([])
  })

  it("reads what a script says, at its line", async () => {
    const source = `import x from "y"\n\nthrow new Error("the page is told of it")\nfail(\`\${x} is no name of an event\`)\n`
    expect(await lint("js-glue/planted.ts", source)).toEqual([
      expect.stringMatching(/^js-glue\/planted\.ts:3 prh: is told/),
      expect.stringMatching(/^js-glue\/planted\.ts:4 prh: is no/),
    ])
  })

  it("reads what the core says, at its line", async () => {
    const source = '// "is told of nothing here"\nreturn {code,\n  "the page is "\n  "told of the event"};\n'
    expect(await lint("wasm/planted.cpp", source)).toEqual([
      expect.stringMatching(/^wasm\/planted\.cpp:3 prh: is told/),
    ])
  })

  it("leaves names and code alone", async () => {
    expect(
      await lint("js-glue/planted.ts", 'query("select a from those that are told = 1")\nname("is told")\n'),
    ).toEqual([])
  })
})

describe("the spelling linter", () => {
  const config = join(root, "scripts/prose/cspell.yaml")
  const words = (file: string, input: string) => {
    const args = ["cspell", "lint", "-c", config, "--no-progress", "--no-color", "--words-only", `stdin://${file}`]
    return spawnSync("npx", args, { cwd: root, input, encoding: "utf8" }).stdout.trim().split("\n")
  }

  it("finds mistakes in comments, names and strings", () => {
    const planted = '// The server recieves an acknowlegement.\nint queueLenght;\nfail("not sucessful");'
    expect(words("wasm/planted.cpp", planted)).toEqual(["recieves", "acknowlegement", "Lenght", "sucessful"])
  })

  it("has no exception that nothing needs", () => {
    const { words } = parse(readFileSync(config, "utf8")) as { words: string[] }
    const files = listed(["*.md", "js-glue", "wasm", "server-stub", "web", "scripts", ":!scripts/prose"])
    const text = files.map((file) => readFileSync(join(root, file), "utf8").toLowerCase()).join("\n")
    expect(words.filter((word) => !text.includes(word.toLowerCase()))).toEqual([])
  })
})
