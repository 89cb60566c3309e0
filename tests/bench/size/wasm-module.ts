// Reads the sizes of a WebAssembly module's sections and function bodies. Names come from the symbol map, since the
// module itself contains none.

/** A part of the module and its bytes. */
export interface Part {
  name: string
  size: number
}

export interface ModuleParts {
  sections: Part[]
  functions: Part[]
}

const SECTIONS = [
  ...["custom", "types", "imports", "functions", "table", "memory", "globals", "exports", "start"],
  ...["elements", "code", "data", "data count"],
]
const IMPORTS = 2
const CODE = 10
const HEADER = 8

/** The parts of a module. `symbols`: lines of `<index>:<name>`; a function that has none is called by its index. */
export function partsOf(module: Uint8Array, symbols = ""): ModuleParts {
  const names = new Map(
    symbols.split("\n").map((line) => [Number.parseInt(line, 10), line.slice(line.indexOf(":") + 1)]),
  )
  const reader = new Reader(module, HEADER)
  const sections: Part[] = []
  const functions: Part[] = []
  let imported = 0
  while (!reader.atEnd) {
    const start = reader.at
    const id = reader.byte()
    const end = reader.number() + reader.at
    sections.push({ name: SECTIONS[id] ?? `section ${id}`, size: end - start })
    if (id === IMPORTS) imported = importedFunctions(reader)
    if (id === CODE) {
      const count = reader.number()
      for (let i = imported; i < imported + count; i++) {
        const size = reader.number()
        functions.push({ name: names.get(i) ?? `function ${i}`, size })
        reader.at += size
      }
    }
    reader.at = end
  }
  return { sections, functions }
}

/** The number of imported functions, which have the first indices. */
function importedFunctions(reader: Reader): number {
  let functions = 0
  for (let left = reader.number(); left > 0; left--) {
    reader.skipText()
    reader.skipText()
    if (reader.byte() !== 0) throw new Error("The module imports something other than functions")
    reader.number()
    functions++
  }
  return functions
}

class Reader {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  get atEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
  }

  skipText(): void {
    this.at = this.number() + this.at
  }
}
