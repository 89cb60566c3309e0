// Links a compiled core: what it imports, and what it becomes once it is instantiated. The views of its memory are made
// anew each time the memory grows, since the old ones are empty from then on.
import type { Answer, CoreModule } from "./core-module"
import { type Embound, embind, textAt } from "./embind"

interface Exports {
  memory: WebAssembly.Memory
  __indirect_function_table: WebAssembly.Table
  _initialize(): void
  rac_bind(): void
  malloc(size: number): number
  free(address: number): void
}

type Fields = Record<string, unknown>

/** `imports`: what the core is instantiated with. `finish`: makes a CoreModule of the instance, which it starts. */
export function linker(): { imports: WebAssembly.Imports; finish(instance: WebAssembly.Instance): CoreModule } {
  const core = {} as CoreModule & Fields
  let bound: Embound
  const view = () => {
    const { buffer } = bound.memory
    core.HEAPU8 = new Uint8Array(buffer)
    core.HEAPU16 = new Uint16Array(buffer)
    core.HEAP32 = new Int32Array(buffer)
    core.HEAPU32 = new Uint32Array(buffer)
  }
  const { functions, register } = embind(() => bound)
  const imports = {
    env: {
      _embind_register_function: register,
      emscripten_notify_memory_growth: view,
      number: (text: number) => Number(textAt(bound.memory, text)),
    },
    wasi_snapshot_preview1: { proc_exit: stopped },
  }
  const finish = ({ exports }: WebAssembly.Instance) => {
    const { memory, __indirect_function_table: table, malloc, free, _initialize, rac_bind } = exports as Exports & Fields
    bound = { memory, table, malloc, free }
    view()
    _initialize()
    rac_bind()
    Object.assign(core, exports)
    for (const [name, call] of Object.entries(functions)) {
      core[name as keyof Fields] = (...args: (number | string)[]) => answerOf(core, call(...args))
    }
    return core
  }
  return { imports, finish }
}

/** The whole of a control call's answer, where all that it returned is its code. */
export function answerOf(core: CoreModule, code: number): Answer {
  const at = core.rac_answer() >>> 2
  const [value = 0, text = 0, length = 0] = core.HEAPU32.subarray(at, at + 3)
  return { code, value, text: length === 0 ? "" : decoder.decode(core.HEAPU8.subarray(text, text + length)) }
}

const decoder = new TextDecoder()

/** The core never ends by itself; were it to, it would be for want of memory. */
function stopped(): never {
  throw new Error("the compiled core ran out of memory")
}
