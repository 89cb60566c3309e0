// The JavaScript half of embind for the core's control calls (wasm/bindings/embind.cpp): free functions that take
// numbers and strings and return a code. Embind's own half also supports classes, enums and a table of types, and would
// be a quarter of the package.

/** The parts of the module that the functions use. Views are replaced when the memory grows. */
export interface Embound {
  HEAPU8: Uint8Array
  HEAPU32: Uint32Array
  malloc(size: number): number
  free(address: number): void
  __indirect_function_table: WebAssembly.Table
}

export type BoundFunction = (...args: (number | string)[]) => number

let encoder: TextEncoder | undefined
let decoder: TextDecoder | undefined

/** The page's coders, or Node's if the page is simulated by jsdom, which has none. */
function coders(): Pick<typeof globalThis, "TextEncoder" | "TextDecoder"> {
  if (globalThis.TextEncoder) return globalThis
  return globalThis.process.getBuiltinModule("node:util") as Pick<typeof globalThis, "TextEncoder" | "TextDecoder">
}

function encode(text: string, into: Uint8Array): number {
  encoder ??= new (coders().TextEncoder)()
  return encoder.encodeInto(text, into).written
}

function decode(bytes: Uint8Array): string {
  // A byte order mark is part of the text.
  decoder ??= new (coders().TextDecoder)("utf-8", { ignoreBOM: true })
  return decoder.decode(bytes)
}

type Bytes = Pick<Embound, "HEAPU8">

/** Up to this length, ASCII is copied unit by unit, which is faster than a coder. */
const SHORT = 64

/** The text of `length` bytes at `address`. */
export function textOf({ HEAPU8 }: Bytes, address: number, length: number): string {
  let text = ""
  let at = address
  const end = address + length
  for (; at < end && length <= SHORT; at++) {
    const byte = HEAPU8[at] as number
    if (byte > 127) break
    text += String.fromCharCode(byte)
  }
  return at === end ? text : decode(HEAPU8.subarray(address, end))
}

/** The zero-terminated text at `address`. */
export function textAt(core: Bytes, address: number): string {
  return textOf(core, address, core.HEAPU8.indexOf(0, address) - address)
}

/** The import `_embind_register_function`, and the registered functions by name. */
export function embind(core: Embound) {
  const functions: Record<string, BoundFunction> = {}
  const register = (name: number, _count: number, _types: number, _signature: number, invoker: number, fn: number) => {
    const invoke = core.__indirect_function_table.get(invoker) as (...args: number[]) => number
    functions[textAt(core, name)] = (...args) => {
      const texts: number[] = []
      const words = args.map((arg) => {
        if (typeof arg === "number") return arg
        const address = textIn(core, arg)
        texts.push(address)
        return address
      })
      const result = invoke(fn, ...words)
      for (const address of texts) core.free(address)
      return result
    }
  }
  return { functions, register }
}

/** Allocates a string in embind's layout: length, then UTF-8. */
function textIn(core: Embound, text: string): number {
  const most = text.length * 3
  const address = core.malloc(4 + most)
  const start = address + 4
  const bytes = core.HEAPU8
  let length = 0
  for (; length < text.length; length++) {
    const unit = text.charCodeAt(length)
    if (length === SHORT || unit > 127) {
      length = encode(text, bytes.subarray(start, start + most))
      break
    }
    bytes[start + length] = unit
  }
  core.HEAPU32[address >>> 2] = length
  return address
}
