// Parses the C++ declarations of the boundary: structs, enums, constants and functions in simple forms, each with the
// `///` comment above it. A declaration in any other form throws an error with its file; none is skipped.

const DOC = String.raw`((?:^ *///.*\n)*)`

/** Converts `snake_case` to `camelCase`. */
export function camelCase(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())
}

/** The declarations in the files `paths`. `read` returns the text of a file. */
export class Declarations {
  #texts

  constructor(paths, read) {
    this.#texts = paths.map((path) => ({ path, text: read(path) }))
  }

  /** A struct: `{ doc, fields: [{ name, type, initial, doc }] }`. */
  struct(name) {
    const { path, found } = this.#find(`struct ${name}`, String.raw`^struct ${name} \{\n([\s\S]*?)^\};`)
    const fields = []
    let doc = ""
    for (const line of found[2].split("\n")) {
      const field = /^ *(const char\*|[\w:]+) (\w+)(?: = ([\w.]+))?;(?: *\/\/.*)?$/.exec(line)
      if (/^ *\/\/\//.test(line)) doc += `${line}\n`
      else if (field) fields.push({ name: field[2], type: field[1], initial: field[3], doc: textOf(doc) })
      else if (!/^ *(\/\/.*|bool operator==.* = default;)?$/.test(line))
        throw new Error(`${path}: in ${name}, expected a field \`type name = default;\`: ${line.trim()}`)
      if (field) doc = ""
    }
    if (fields.length === 0) throw new Error(`${path}: ${name} has no fields`)
    return { doc: textOf(found[1]), fields }
  }

  /** An enum: `{ doc, members: [{ name, value }] }`. */
  enum(name) {
    const { path, found } = this.#find(`enum class ${name}`, String.raw`^enum class ${name} : [\w:]+ \{([\s\S]*?)\};`)
    const members = []
    for (const one of found[2].replace(/\/\/.*/g, "").split(",")) {
      if (one.trim() === "") continue
      const member = /^\s*(\w+)(?: = (\d+))?\s*$/.exec(one)
      if (!member) throw new Error(`${path}: in ${name}, expected \`name\` or \`name = number\`: ${one.trim()}`)
      const next = members.length === 0 ? 0 : members.at(-1).value + 1
      members.push({ name: member[1], value: Number(member[2] ?? next) })
    }
    return { doc: textOf(found[1]), members }
  }

  /** A numeric constant: `{ doc, value }`. `value` is its source text. */
  constant(name) {
    const { path, found } = this.#find(name, String.raw`^inline constexpr [\w:]+ ${name} = ([^;]+);`)
    if (Number.isNaN(Number(found[2]))) throw new Error(`${path}: ${name} must be a number literal: ${found[2]}`)
    return { doc: textOf(found[1]), value: found[2] }
  }

  /** The names of a variant's alternatives, in order. */
  variant(name) {
    const { found } = this.#find(`using ${name}`, String.raw`^using ${name} =\s*std::variant<([^<>]*)>;`)
    return found[2].split(",").map((one) => one.trim())
  }

  /** The functions that the module exports, in order: `[{ name, doc, returns, params: [{ name, type }] }]`. */
  exports() {
    const pattern = String.raw`^(?:extern "C" )?EMSCRIPTEN_KEEPALIVE ([\w:* ]*?)(rac_\w+)\(([^)]*)\)`
    return this.#each("EMSCRIPTEN_KEEPALIVE", pattern).map(({ path, found }) => {
      const [, doc, returns, name, params] = found
      return { name, doc: textOf(doc), returns: returns.trim(), params: paramsOf(params, path) }
    })
  }

  /** The functions that are registered with embind, in the same form. */
  embound() {
    const pattern = String.raw`^ *emscripten::function\("(\w+)", &(\w+)\);`
    return this.#each("emscripten::function", pattern).map(({ found: registered }) => {
      const { path, found } = this.#find(registered[3], String.raw`^int ${registered[3]}\(([^)]*)\) \{`)
      return { name: registered[2], doc: textOf(found[1]), returns: "int", params: paramsOf(found[2], path) }
    })
  }

  /** All matches of `pattern`. Throws if `word` occurs in a place that does not match. */
  #each(word, pattern) {
    const all = this.#all(pattern)
    const words = this.#texts.reduce((sum, { text }) => sum + text.split(word).length - 1, 0)
    if (all.length === words) return all
    throw new Error(`${words - all.length} of ${words} uses of ${word} have a form that this parser does not know`)
  }

  /** All matches of `pattern`, each with the doc comment above it. */
  #all(pattern) {
    return this.#texts.flatMap(({ path, text }) =>
      [...text.matchAll(new RegExp(DOC + pattern, "gm"))].map((found) => ({ path, found })),
    )
  }

  /** The only match. Throws if there is none, or more than one. */
  #find(what, pattern) {
    const all = this.#all(pattern)
    if (all.length === 1) return all[0]
    const paths = this.#texts.map(({ path }) => path).join(", ")
    throw new Error(
      `${what} is declared ${all.length} times instead of once, in a form that this parser knows, in ${paths}`,
    )
  }
}

function paramsOf(list, path) {
  return list.split(",").flatMap((one) => {
    if (one.trim() === "") return []
    const param = /^\s*(const std::string&|[\w:]+) (\w+)$/.exec(one)
    if (!param) throw new Error(`${path}: expected a parameter \`type name\`: ${one.trim()}`)
    return { name: param[2], type: param[1] }
  })
}

/** The text of `///` lines. */
function textOf(doc) {
  return doc.replace(/^ *\/\/\/ ?/gm, "").trim()
}
