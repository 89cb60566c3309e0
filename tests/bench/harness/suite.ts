// What a bundled suite exports: it runs unchanged in the page and in Node, and answers with plain data.
import type { MakeCases, Platform } from "./cases"
import { type CaseResult, effortOf, measureAll } from "./measure"

/** Makes the function that measures the cases of `makeCases`. */
export const suite =
  (makeCases: MakeCases) =>
  (platform: Platform): Promise<CaseResult[]> =>
    measureAll(makeCases(platform), effortOf(platform.quick))
