// Registration of the page's runtime type, for composables and hooks that get no runtime as argument.
import type { PluginConfig } from "./config"
import type { PluginApi } from "./plugin-api"
import type { Runtime } from "./runtime"
import type { ApiTypes, ConfigOf, PluginKeyOf } from "./typed"

/**
 * Augment this interface to register the types of your runtime. Optional.
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
 * The members that `extend` of the Vue adapter's `createRaclette` adds to every API. Set `extend: typeof extend` in `Register`:
 * an object, or a function that returns one.
 */
export type RegisteredExtension = Register extends { extend: infer Given }
  ? Given extends (...args: never[]) => infer Added
    ? Added
    : Given
  : object

/** The registered runtime. Default: a runtime that accepts any name. */
export type RegisteredRuntime = Register extends { runtime: infer Given extends Runtime } ? Given : Runtime

/** The `types` of the registered runtime. */
export type RegisteredTypes =
  RegisteredRuntime extends Runtime<infer _Configs, infer Types extends ApiTypes> ? Types : never

/** The configs of the registered runtime. */
type RegisteredConfigs =
  RegisteredRuntime extends Runtime<infer Configs extends readonly PluginConfig[], infer _Types> ? Configs : never

/** A pluginKey. Editors suggest those of the registered runtime. */
export type RegisteredKey = PluginKeyOf<RegisteredConfigs>

/** The API of one plugin of the registered runtime. Without a key: of its only plugin, or of all plugins. */
export type RegisteredApi<Key extends string = RegisteredConfigs[number]["pluginKey"]> = PluginApi<
  ConfigOf<RegisteredConfigs, Key>,
  RegisteredTypes
>
