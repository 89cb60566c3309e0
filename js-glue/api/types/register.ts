// The page's own runtime, told once, so that code that is handed no runtime (a composable, a hook) knows its types.
import type { Runtime } from "./runtime"
import type { ApiTypes } from "./typed"

/**
 * To be filled in by the user; nothing has to be.
 *
 * @example
 * const runtime = await createRuntime({ plugins: [todoConfig] })
 * declare module "raclette-wasm" {
 *   interface Register { runtime: typeof runtime }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: its member comes by module augmentation
export interface Register {}

/** The runtime that was registered, or one that takes any name. */
export type RegisteredRuntime = Register extends { runtime: infer Given extends Runtime } ? Given : Runtime

/** What the registered runtime was told of types. */
export type RegisteredTypes =
  RegisteredRuntime extends Runtime<infer _Configs, infer Types extends ApiTypes> ? Types : never
