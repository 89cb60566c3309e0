// The prose linter: textlint, with the rules of scripts/prose, over every Markdown file and over every sentence that the
// package, the backend and the scripts say to people. The sentences of a source become paragraphs of one document, whose
// lines lead back to the source's.
//   node scripts/prose.mjs             everything, as `npm test -- lint` does
//   node scripts/prose.mjs docs/a.md   some files
import { readFileSync } from "node:fs"
import { extname, join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { createLinter, loadTextlintrc } from "textlint"
import ts from "typescript"
import { listed } from "./listed.mjs"
import { root } from "./setup.mjs"

/** What is read: paths as `git ls-files` takes them. */
const written = ["*.md"]
const speaking = ["js-glue/*.ts", "server-stub/*.ts", "web/src/*.ts", "scripts/*.mjs", "wasm/*.cpp", "wasm/*.h"]

/** Whether a string is said to people: three words or more, and no code. */
const isSentence = (text) =>
  /^[^<>{}=\n]*$/.test(text) && (text.match(/(?<!\S)[A-Za-z'’]+(?=[\s.,;:!?)]|$)/g) ?? []).length > 2

/** The sentences in a TypeScript or JavaScript file: `{ text, line }`. What a template fills in stands as code. */
function sentencesOfScript(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found = []
  const add = (node, text) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
    if (isSentence(text)) found.push({ text, line: line + 1 })
  }
  const visit = (node) => {
    if (ts.isStringLiteralLike(node)) add(node, node.text)
    else if (ts.isTemplateExpression(node)) {
      add(node, node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(""))
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** The sentences in a C++ file; literals that the compiler joins are one. */
function sentencesOfCpp(source) {
  const literals = /(?<!')"((?:[^"\\\n]|\\.)*)"(?:\s*"((?:[^"\\\n]|\\.)*)")*/g
  const code = source.replace(/\/\/.*/g, (comment) => " ".repeat(comment.length))
  return [...code.matchAll(literals)].flatMap(({ 0: all, index }) => {
    const text = all.replace(/^"|"$/g, "").replace(/"\s*"/g, "").replace(/\\(.)/g, "$1")
    return isSentence(text) ? [{ text, line: source.slice(0, index).split("\n").length }] : []
  })
}

function sentencesOf(file, source) {
  return /^\.(cpp|h)$/.test(extname(file)) ? sentencesOfCpp(source) : sentencesOfScript(file, source)
}

/** The prose linter. `lint(file, source)` resolves with what it finds, a line for each: `file:line rule: message`. */
export async function proseLinter() {
  const descriptor = await loadTextlintrc({ configFilePath: join(root, "scripts/prose/textlint.yaml") })
  const linter = createLinter({ descriptor })
  return async (file, source) => {
    const isDocument = extname(file) === ".md"
    const sentences = isDocument ? [] : sentencesOf(file, source)
    if (!isDocument && sentences.length === 0) return []
    const text = isDocument ? source : sentences.map(({ text }) => text.trim()).join("\n\n")
    const { messages } = await linter.lintText(text, join(root, isDocument ? file : `${file}.md`))
    return messages.map(({ line, ruleId, message }) => {
      const at = isDocument ? line : sentences[Math.floor(line / 2)].line
      return `${file}:${at} ${ruleId}: ${message.replace(/\s+/g, " ")}`
    })
  }
}

/** What the linter finds in `files`, or in all. */
export async function proseProblems(files = listed([...written, ...speaking])) {
  const lint = await proseLinter()
  const found = []
  for (const file of files) found.push(...(await lint(file, readFileSync(join(root, file), "utf8"))))
  return found
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const asked = process.argv.slice(2).map((file) => relative(root, join(process.cwd(), file)))
  const found = await proseProblems(asked.length > 0 ? asked : undefined)
  for (const line of found) console.log(line)
  process.exit(found.length === 0 ? 0 : 1)
}
