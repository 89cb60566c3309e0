// Links a compiled core: provides its imports and wraps the instance. When the memory grows, its views are created
// again, because the old ones become empty.
import { type Answer, AnswerWords, type CoreModule, type QuerySettings, writeQuerySettings } from "./core-module"
import { type Embound, embind, textAt, textOf } from "./embind"

interface Started {
  memory: WebAssembly.Memory
  _initialize(): void
  rac_bind(): void
}

/** `imports`: the import object. `finish`: initializes the instance and returns it as CoreModule. */
export function linker(): { imports: WebAssembly.Imports; finish(instance: WebAssembly.Instance): CoreModule } {
  const core = {} as CoreModule & Started & Embound & Record<string, unknown>
  const view = () => {
    const { buffer } = core.memory
    core.HEAPU8 = new Uint8Array(buffer)
    core.HEAPU16 = new Uint16Array(buffer)
    core.HEAP32 = new Int32Array(buffer)
    core.HEAPU32 = new Uint32Array(buffer)
    core.HEAPF64 = new Float64Array(buffer)
  }
  const { functions, register } = embind(core)
  const imports = {
    env: {
      _embind_register_function: register,
      emscripten_notify_memory_growth: view,
      number: (text: number) => Number(textAt(core, text)),
    },
    wasi_snapshot_preview1: { proc_exit: stopped },
  }
  const finish = ({ exports }: WebAssembly.Instance): CoreModule => {
    Object.assign(core, exports)
    view()
    core._initialize()
    core.rac_bind()
    for (const [name, call] of Object.entries(functions)) {
      Object.assign(core, { [name]: (...args: (number | string)[]) => answerOf(core, call(...args)) })
    }
    return core
  }
  return { imports, finish }
}

/** The full answer of a control call that returned `code`. */
export function answerOf(core: CoreModule, code: number): Answer {
  const at = core.rac_answer() >>> 2
  const word = (which: AnswerWords) => core.HEAPU32[at + which] as number
  return { code, value: word(AnswerWords.value), text: textOf(core, word(AnswerWords.text), word(AnswerWords.length)) }
}

/** Creates a query. The answer's value is the query. */
export function createQuery(core: CoreModule, runtime: number, operation: number, settings: QuerySettings): Answer {
  writeQuerySettings(core.HEAPF64, core.rac_scratch(0) >>> 3, settings)
  return answerOf(core, core.rac_create_query(runtime, operation))
}

/** Changes the settings of a query. */
export function configureQuery(
  core: CoreModule,
  runtime: number,
  query: number,
  settings: QuerySettings,
  now: number,
): void {
  writeQuerySettings(core.HEAPF64, core.rac_scratch(0) >>> 3, settings)
  core.rac_configure_query(runtime, query, now)
}

/** The core only exits when it is out of memory. */
function stopped(): never {
  throw new Error("the compiled core ran out of memory")
}
