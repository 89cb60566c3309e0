// The parts of a run that its other parts use.
import type { createRuntime } from "../../js-glue"
import type { Backend } from "./backend/backend"
import type { Ledger } from "./person/ledger"
import type { Clock } from "./platform/clock"
import type { Random } from "./random"
import type { Settings } from "./settings"

/** The built package. */
export interface Product {
  createRuntime: typeof createRuntime
  wasm: { module: WebAssembly.Module }
}

export interface Scene {
  readonly clock: Clock
  readonly settings: Settings
  readonly product: Product
  readonly backend: Backend
  readonly ledger: Ledger
  /** The random source of the current step. */
  readonly random: Random
  /** The random source of a page's queries. */
  specRandom(page: number): Random
  /** Adds an event to the trace, which must be the same when the run is repeated. */
  trace(line: string): void
  /** Adds a comment to the printed trace only. */
  note(line: () => string): void
  /** Reports a violation. */
  fail(what: string): void
}
