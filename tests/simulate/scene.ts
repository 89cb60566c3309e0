// The parts of a run that its other parts use.
import type { createRuntime } from "../../js-glue"
import type { Backend } from "./backend/backend"
import type { Ledger } from "./person/ledger"
import type { Clock } from "./platform/clock"
import type { Random } from "./random"
import type { Settings } from "./settings"

/** What is run: the package as it was built. */
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
  /** The chance of the step of now. */
  readonly random: Random
  /** The chance of what a page watches. */
  specRandom(page: number): Random
  /** Something happened: it is a part of what a repeated run has to be the same in. */
  trace(line: string): void
  /** For readers alone. */
  note(line: () => string): void
  /** Something is not as it has to be. */
  fail(what: string): void
}
