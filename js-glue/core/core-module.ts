// The compiled core as TypeScript sees it: views of its memory, raw exports (numbers only, for the hot path) and embind
// functions (for control calls). link.ts creates it. Shared declarations are generated from the C++ side.
import type { ControlCalls, RawExports } from "./generated/exports"

export type { Answer } from "./generated/exports"
export * from "./generated/values"

export interface CoreModule extends RawExports, ControlCalls {
  HEAPU8: Uint8Array
  HEAPU16: Uint16Array
  HEAP32: Int32Array
  HEAPU32: Uint32Array
  HEAPF64: Float64Array
}
