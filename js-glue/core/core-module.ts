// The compiled core as TypeScript sees it: its memory, raw exports (numbers only, the hot path) and embind functions (the
// control plane). link.ts makes it; what both sides have to agree on is generated from the C++ side.
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
