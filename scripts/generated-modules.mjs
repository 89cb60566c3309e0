// The text of the modules in js-glue/core/generated, formatted as Biome formats it. See generate.mjs.
import { camelCase } from "./cpp-declarations.mjs"

/** The maximum line length. */
const WIDTH = 120

/** Enums that are strings in TypeScript: the string type, and the name of the list of its values. */
const stringEnums = {
  SocketStatus: { type: "SocketStatus", list: "socketStatuses" },
  TransportKind: { type: "TransportName", list: "transportNames" },
  LifecycleEvent: { type: "LifecycleEvent", list: "lifecycleEvents" },
}
/** Enums that are also enums in TypeScript. */
const enums = ["RouteKind", "RouteFlag", "OperationFlag", "NamePart", "Caller"]
/** Structs that are read from memory. Each field has 32 bits. */
const words = ["RouteWords", "AnswerWords"]
const constants = ["kScratchUnits", "kRouteKindMask", "kOperationFlagBits", "kMaxHead", "kMaxTail", "kAllPlugins"]

/** Exports that CoreModule does not have: link.ts calls the first, only tests call the second. */
const elsewhere = ["rac_bind", "rac_census"]

const head = (what) => `// ${what}
// Generated from the C++ side by \`npm run generate\`: an edit belongs there.
`

/** Constants, enums, layouts in memory, and settings. */
export function valuesModule(declared) {
  return [
    head("Values that the compiled core and the binding share: sizes, names and their numbers, places in memory."),
    `import type { SocketStatus } from "../../types"\nimport type { LifecycleEvent, TransportName } from "../../types/drivers"\n`,
    ...constants.map((name) => constantOf(name, declared.constant(name))),
    ...Object.entries(stringEnums).map(([name, { type, list }]) => listOf(declared.enum(name), type, list)),
    ...enums.map((name) => enumOf(name, declared.enum(name))),
    ...words.map((name) => wordsOf(name, declared.struct(name))),
    settingsOf("QuerySettings", declared.struct("QuerySettings")),
  ].join("\n")
}

function constantOf(name, { doc, value }) {
  const loud = name.slice(1).replace(/(?!^)([A-Z])/g, "_$1")
  return `${comment(doc)}export const ${loud.toUpperCase()} = ${value.toLowerCase()}\n`
}

function listOf({ doc, members }, type, list) {
  const names = members.map(({ name }) => `"${name}"`)
  const [before, after] = [`export const ${list} = [`, `] as const satisfies readonly ${type}[]\n`]
  const line = before + names.join(", ") + after
  return comment(doc) + (fits(line) ? line : `${before}\n${names.map((name) => `  ${name},\n`).join("")}${after}`)
}

function enumOf(name, { doc, members }) {
  const lines = members.map((one) => `  ${camelCase(one.name)} = ${one.value},\n`)
  return `${comment(doc)}export enum ${name} {\n${lines.join("")}}\n`
}

function wordsOf(name, { doc, fields }) {
  for (const { name: field, type } of fields) {
    if (!["std::uint32_t", "std::int32_t", "const char*"].includes(type)) throw refused(name, field, type)
  }
  return enumOf(name, { doc, members: fields.map((field, i) => ({ name: field.name, value: i })) })
}

function settingsOf(name, { doc, fields }) {
  const members = fields.map(({ name: field, type, initial, doc }) => {
    if (initial === undefined) throw new Error(`${name}.${field} has no default`)
    return `${comment(doc, "  ")}  ${camelCase(field)}?: ${typeOfSetting(name, field, type)}\n`
  })
  const lines = fields.map(({ name: field, type, initial }, i) => {
    const given = `settings.${camelCase(field)}`
    const value = type === "bool" ? `Number(${given} ?? ${initial})` : `${given} === undefined ? ${initial} : ${given}`
    return `  cells[at${i === 0 ? "" : ` + ${i}`}] = ${value}\n`
  })
  return `${comment(doc)}export interface ${name} {
${members.join("")}}

/** Writes them, a double each from \`at\` on; those that are left out have their defaults. */
export function write${name}(cells: Float64Array, at: number, settings: ${name}): void {
${lines.join("")}}
`
}

function typeOfSetting(struct, field, type) {
  if (type === "bool") return "boolean"
  if (type === "double") return "number"
  throw refused(struct, field, type)
}

/** The types of the effects, and functions that read them. */
export function effectsModule(declared) {
  const effects = declared.variant("Effect").map((name) => {
    const { doc, fields } = declared.struct(name)
    return { name: name[0].toLowerCase() + name.slice(1), doc, fields: fields.map((field) => effectField(name, field)) }
  })
  return `${head("The effects of the core: what each carries, and how it is read where wasm/bindings/effects.cpp wrote it.")}
import type { SocketStatus } from "../../types"
import type { TransportName } from "../../types/drivers"
import { type ErrorCode, errorCodes } from "../../types/errors"
import { socketStatuses, transportNames } from "./values"

/** What each effect carries. */
export interface Effects {
${effects.map(carriedBy).join("")}}

/** An effect, one of those named or any. */
export type Effect<Type extends keyof Effects = keyof Effects> = {
  [One in Type]: { type: One } & Effects[One]
}[Type]

/** Reads an effect's fields in their order: \`word\` and \`text\` go on to the next at every call. */
export type EffectReader = (word: () => number, text: () => string) => Effect

/** By the number of the effect's kind. */
export const effectReaders: readonly EffectReader[] = [
${effects.map(readerOf).join("")}]
`
}

/** A field: its name and type in TypeScript, and the expression that reads it. */
function effectField(effect, { name, type, doc }) {
  const [typed, read] = fieldTypes[type] ?? []
  if (!typed) throw refused(effect, name, type)
  return { name: camelCase(name), typed, read, doc }
}

const number = ["number", "word()"]
const fieldTypes = {
  "std::uint32_t": number,
  ConnectionId: number,
  ValueHandle: number,
  double: number,
  bool: ["boolean", "word() === 1"],
  "std::string": ["string", "text()"],
  ErrorCode: ["ErrorCode", "errorCodes[word()] as ErrorCode"],
  SocketStatus: ["SocketStatus", "socketStatuses[word()] as SocketStatus"],
  TransportKind: ["TransportName", "transportNames[word()] as TransportName"],
}

function carriedBy({ name, doc, fields }) {
  const lines = fields.map((field) => `${comment(field.doc, "    ")}    ${field.name}: ${field.typed}\n`)
  return `${comment(doc, "  ")}  ${name}: {\n${lines.join("")}  }\n`
}

function readerOf({ name, fields }) {
  const reads = fields.map(({ read }) => read).join()
  const word = reads.includes("word()") ? "word" : "_word"
  const params = reads.includes("text()") ? `${word}, text` : word
  const lines = fields.map((field) => `    ${field.name}: ${field.read},\n`)
  return `  (${params}) => ({\n    type: "${name}",\n${lines.join("")}  }),\n`
}

/** The signatures of the functions that the binding calls. */
export function exportsModule(declared) {
  const raw = declared.exports().filter(({ name }) => !elsewhere.includes(name))
  return `${head("The calls that the compiled core takes: the signatures of wasm/bindings/exports.cpp and embind.cpp.")}
/** Answer of a control call: \`code\` is a number of the error table, \`text\` what the code alone cannot say. */
export interface Answer {
  code: number
  value: number
  text: string
}

/** Raw exports, numbers only. Handles are unsigned, 0 is none; times are milliseconds of the timers driver's clock. */
export interface RawExports {
${raw.map((one) => signature(one, one.returns === "void" ? "void" : "number")).join("")}}

/** What is registered with embind: once per registration, and with texts. */
export interface ControlCalls {
${declared
  .embound()
  .map((one) => signature(one, "Answer"))
  .join("")}}
`
}

function signature({ name, doc, params }, returns) {
  const typed = params.map(({ name: param, type }) => `${paramName(param)}: ${typeOfParam(name, param, type)}`)
  const line = `  ${name}(${typed.join(", ")}): ${returns}\n`
  const broken = `  ${name}(\n${typed.map((param) => `    ${param},\n`).join("")}  ): ${returns}\n`
  return comment(doc, "  ") + (fits(line) ? line : broken)
}

/** C++ names a runtime's handle `instance` or `handle`. */
function paramName(name) {
  return name === "instance" || name === "handle" ? "runtime" : camelCase(name)
}

function typeOfParam(call, param, type) {
  if (type === "const std::string&") return "string"
  if (["std::uint32_t", "double", "int"].includes(type)) return "number"
  throw refused(call, param, type)
}

function refused(where, name, type) {
  return new Error(`${where}: ${name} has the type ${type}, which cannot cross the boundary`)
}

/** A doc comment, on one line if it fits. Names in backticks are converted to camelCase. */
function comment(doc, indent = "") {
  if (doc === "") return ""
  const single = `${indent}/** ${named(doc)} */\n`
  if (fits(single)) return single
  const lines = [""]
  for (const word of named(doc).split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trimStart()
    if (indent.length + 3 + longer.length <= WIDTH) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`
}

function named(doc) {
  return doc.replace(/`(?!rac_)(\w+)`/g, (_, name) => `\`${camelCase(name)}\``)
}

/** Whether a line, which ends with a newline, is within `WIDTH`. */
function fits(line) {
  return line.length <= WIDTH + 1
}
