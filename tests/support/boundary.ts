// The boundary between js-glue and the compiled core by the names in the sources: what a linked module exports, registers
// and imports, before its exports get the short names that ship.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./process"

/** What wasm/bindings/imports.txt lets the module import, as `module.name`. */
export function allowedImports(): string[] {
  const text = readFileSync(join(root, "wasm/bindings/imports.txt"), "utf8")
  return (text.match(/^[^#\s].*$/gm) ?? []).sort()
}

export interface Offered {
  exports: string[]
  /** `module.name` of each import. */
  imports: string[]
  /** Functions that the module registers with embind. */
  registered: string[]
}

/** What a module has to offer that was not renamed. */
export async function offeredBy(bytes: BufferSource): Promise<Offered> {
  const module = await WebAssembly.compile(bytes)
  const registered: number[] = []
  const imports: WebAssembly.Imports = {}
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {}
    imports[from][name] = name === "_embind_register_function" ? (at: number) => registered.push(at) : () => 0
  }
  const { exports } = await WebAssembly.instantiate(module, imports)
  const { memory, _initialize, rac_bind } = exports as {
    memory: WebAssembly.Memory
    _initialize(): void
    rac_bind(): void
  }
  _initialize()
  rac_bind()
  const memoryBytes = Buffer.from(memory.buffer)
  const textAt = (at: number) => memoryBytes.toString("utf8", at, memoryBytes.indexOf(0, at))
  return {
    exports: Object.keys(exports).sort(),
    imports: WebAssembly.Module.imports(module)
      .map(({ module: from, name }) => `${from}.${name}`)
      .sort(),
    registered: registered.map(textAt).sort(),
  }
}
