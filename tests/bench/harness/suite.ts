// The interface of a bundled suite. It runs unchanged in a page and in Node, and returns plain data.
import { casesOf, type MakeCases, type Setting } from "./cases"
import { type CaseResult, effortOf, measureAll } from "./measure"

/** Makes the function that measures the cases of `makeCases`. */
export const suite =
  (makeCases: MakeCases) =>
  (setting: Setting): Promise<CaseResult[]> =>
    measureAll(casesOf(makeCases, setting), effortOf(setting.quick))
