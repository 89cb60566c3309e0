// The interface of a bundled suite. It runs unchanged in a page and in Node, and returns plain data.
import type { MakeCases, Platform } from "./cases"
import { type CaseResult, effortOf, measureAll } from "./measure"

/** Makes the function that measures the cases of `makeCases`. */
export const suite =
  (makeCases: MakeCases) =>
  (platform: Platform): Promise<CaseResult[]> =>
    measureAll(makeCases(platform), effortOf(platform.quick))
