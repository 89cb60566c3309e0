// Calls to the compiled core that only tests make.
import type { CoreModule } from "../../js-glue/core/core-module"

/** The linked module has one export that does not ship. */
interface CoreForTests extends CoreModule {
  rac_census(runtime: number): number
}

/**
 * The numbers of socket listeners, bus listeners, timers, queries, requests, reads, emits and namespaces. [] for a
 * disposed runtime.
 */
export function censusOf(core: CoreModule, runtime: number): number[] {
  const count = (core as CoreForTests).rac_census(runtime)
  const at = core.rac_words(runtime) >>> 2
  return [...core.HEAPU32.subarray(at, at + count)]
}
