// The boundary between js-glue and the compiled core by names: what js-glue uses, found with TypeScript's checker, and
// what a linked module exports, registers and imports before its exports get short names.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { root } from "./process"

/** The interfaces through which js-glue uses the core: raw exports, embind functions, start-up, and embind's needs. */
const interfaces = ["RawExports", "ControlCalls", "CoreModule", "Started", "Embound"]

export interface Asked {
  /** The members that js-glue uses, without views of the memory. */
  used: string[]
  /** The members that the interfaces declare. */
  declared: string[]
}

/** The members of the core's interfaces, and which of them js-glue uses. */
export function askedByGlue(): Asked {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const glue = fileNames.filter((file) => file.includes("/js-glue/"))
  const program = ts.createProgram(glue, options)
  const checker = program.getTypeChecker()
  const [used, declared] = [new Set<string>(), new Set<string>()]

  const isMember = (symbol: ts.Symbol | undefined) =>
    symbol?.declarations?.some(
      ({ parent }) => ts.isInterfaceDeclaration(parent) && interfaces.includes(parent.name.text),
    ) === true
  const visit = (node: ts.Node) => {
    if (ts.isInterfaceDeclaration(node) && interfaces.includes(node.name.text)) {
      for (const { name } of node.members) if (name && ts.isIdentifier(name)) declared.add(name.text)
    }
    const symbol = usedIn(node, checker)
    if (symbol && isMember(symbol)) used.add(symbol.name)
    ts.forEachChild(node, visit)
  }
  for (const file of program.getSourceFiles()) if (glue.includes(file.fileName)) visit(file)
  const isView = (name: string) => /^HEAP[UF]?\d+$/.test(name)
  const listed = (names: Set<string>) => [...names].filter((name) => !isView(name)).sort()
  return { used: listed(used), declared: listed(declared) }
}

/** The property that a node reads: `core.name`, or `name` of a pattern `{ name } = core`. */
function usedIn(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (ts.isPropertyAccessExpression(node)) return checker.getSymbolAtLocation(node.name)
  if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return undefined
  const name = node.propertyName ?? node.name
  return ts.isIdentifier(name) ? checker.getTypeAtLocation(node.parent).getProperty(name.text) : undefined
}

/** The imports that wasm/bindings/imports.txt allows, as `module.name`. */
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

/** The exports, imports and embind functions of a module with its original names. */
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
