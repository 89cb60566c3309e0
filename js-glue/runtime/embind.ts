// The JavaScript half of embind, as far as the core needs it: free functions that take numbers and strings and return a
// code (wasm/bindings/embind.cpp). Embind's own also brings classes, enums, values, wide strings and a table of types,
// a quarter of the package, for which there is no use here: what an argument is, it says itself.

/** What the functions need of the module, once it is there. */
export interface Embound {
  memory: WebAssembly.Memory
  table: WebAssembly.Table
  malloc(size: number): number
  free(address: number): void
}

export type BoundFunction = (...args: (number | string)[]) => number

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The text at `address`, up to its end by a zero byte. */
export function textAt(memory: WebAssembly.Memory, address: number): string {
  const bytes = new Uint8Array(memory.buffer, address)
  return decoder.decode(bytes.subarray(0, bytes.indexOf(0)))
}

/**
 * The import `_embind_register_function`, and what it registers, by name. `core` is asked when a function is registered
 * or called.
 */
export function embind(core: () => Embound) {
  const functions: Record<string, BoundFunction> = {}
  const register = (name: number, _count: number, _types: number, _signature: number, invoker: number, fn: number) => {
    const { memory, table } = core()
    const invoke = table.get(invoker) as (...args: number[]) => number
    functions[textAt(memory, name)] = (...args) => {
      const words = args.map((arg) => (typeof arg === "string" ? textIn(core(), arg) : arg))
      const result = invoke(fn, ...words)
      args.forEach((arg, i) => {
        if (typeof arg === "string") core().free(words[i] as number)
      })
      return result
    }
  }
  return { functions, register }
}

/** A string as embind hands it over: its length, then its UTF-8. */
function textIn({ memory, malloc }: Embound, text: string): number {
  const bytes = encoder.encode(text)
  const address = malloc(4 + bytes.length)
  new Uint32Array(memory.buffer, address, 1)[0] = bytes.length
  new Uint8Array(memory.buffer).set(bytes, address + 4)
  return address
}
