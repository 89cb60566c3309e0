// What tests ask the compiled core that the binding never does.
import type { CoreModule } from "../../js-glue/core/core-module"
import { answerOf } from "../../js-glue/core/link"

/** How many there are of: socket listeners, bus listeners, timers, queries, requests, reads, emits. A runtime that is gone: []. */
export function censusOf(core: CoreModule, runtime: number): number[] {
  const count = core.rac_census(runtime)
  const at = core.rac_words(runtime) >>> 2
  return [...core.HEAPU32.subarray(at, at + count)]
}

/** Name of an error code by its number; empty for a number that is none. */
export function errorNameOf(core: CoreModule, code: number): string {
  return answerOf(core, core.rac_error_name(code)).text
}
