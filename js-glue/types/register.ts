// The page's own runtime, told once, so that code that is handed no runtime (a composable, a hook) knows its types.
import type { PluginConfig } from "./config"
import type { PluginApi } from "./plugin-api"
import type { Runtime } from "./runtime"
import type { ApiTypes, ConfigOf, PluginKeyOf } from "./typed"

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

/**
 * What `extend` of the Vue adapter's `createRaclette` adds to every plugin's API, by `extend: typeof extend` in `Register`: an
 * object, or what a function returns.
 */
export type RegisteredExtension = Register extends { extend: infer Given }
  ? Given extends (...args: never[]) => infer Added
    ? Added
    : Given
  : object

/** The runtime that was registered, or one that takes any name. */
export type RegisteredRuntime = Register extends { runtime: infer Given extends Runtime } ? Given : Runtime

/** What the registered runtime was told of types. */
export type RegisteredTypes =
  RegisteredRuntime extends Runtime<infer _Configs, infer Types extends ApiTypes> ? Types : never

/** The configs of the registered runtime. */
type RegisteredConfigs =
  RegisteredRuntime extends Runtime<infer Configs extends readonly PluginConfig[], infer _Types> ? Configs : never

/** The pluginKeys of the registered runtime, which an editor offers; any other text is allowed as well. */
export type RegisteredKey = PluginKeyOf<RegisteredConfigs>

/** The API of one plugin of the registered runtime; without a key, that of its only plugin, or the names of all. */
export type RegisteredApi<Key extends string = RegisteredConfigs[number]["pluginKey"]> = PluginApi<
  ConfigOf<RegisteredConfigs, Key>,
  RegisteredTypes
>
