// Loads the compiled core once per source: all runtimes of a page share one module instance. Here is only the usual way:
// a file that is compiled while it arrives, or what the caller passes. If that fails, the chunk rescue.ts tries other
// ways, or explains the failure as `WASM_LOAD_FAILED`. If the package's file cannot be loaded, the embedded copy is
// used, and the log says so. The next call tries again.
import { loadRescue } from "#parts"
import { embeddedCore, shippedCore } from "#shipped-core"
import { messageOf, RacletteError } from "../types/errors"
import type { CoreModule } from "./core-module"
import { linker } from "./link"
import { openGiven } from "./open"
import type { Attempt, Place } from "./rescue"

/** Source of the core: one of the three. Default: the entry's file or inlined bytes. */
export interface WasmSource {
  /** URL of `raclette.wasm`, relative to the page. */
  url?: string | URL
  bytes?: BufferSource
  module?: WebAssembly.Module
}

let fileError: unknown

const byUrl = new Map<string, Promise<CoreModule>>()
const byObject = new WeakMap<object, Promise<CoreModule>>()

/** Loads the core from `source`. Rejects with `WASM_LOAD_FAILED`; the next call tries again. */
export async function loadCore({ url, bytes, module }: WasmSource = {}): Promise<CoreModule> {
  const given = module ?? bytes
  if (Object(given) === given) return cached(byObject, given as object, () => start("`wasm`", () => given as Place))
  if (given !== undefined) return start("`wasm`", () => given)
  if (url === undefined) return cached(byUrl, "", loadShipped)
  return cached(byUrl, String(url), () => start(`${url}`, () => new URL(url, globalThis.location?.href)))
}

/** Why the embedded copy is in use. Only the first call after a load returns it. */
export function takeFileError(): unknown {
  const error = fileError
  fileError = undefined
  return error
}

/** Loads the file beside the module, else the embedded copy. */
async function loadShipped(): Promise<CoreModule> {
  try {
    return await start("", shippedCore)
  } catch (error) {
    if (!embeddedCore) throw error
    const bytes = await embeddedCore().catch(() => {
      throw error
    })
    const core = await start("the copy", () => bytes)
    fileError = error
    return core
  }
}

interface Cache<K> {
  get(key: K): Promise<CoreModule> | undefined
  set(key: K, value: Promise<CoreModule>): unknown
  delete(key: K): unknown
}

function cached<K>(cache: Cache<K>, key: K, load: () => Promise<CoreModule>): Promise<CoreModule> {
  const known = cache.get(key)
  if (known) return known
  const loading = load()
  cache.set(key, loading)
  loading.catch(() => cache.delete(key))
  return loading
}

/** `what`: the source, for messages. Empty for the package's own file. */
async function start(what: string, placeOf: () => Place): Promise<CoreModule> {
  const attempt: Attempt = { what }
  try {
    attempt.place = placeOf()
    return await link((imports) => instantiate(attempt, imports))
  } catch (cause) {
    attempt.cause = cause
  }
  const failed = (detail: string, cause?: unknown) => new RacletteError("WASM_LOAD_FAILED", detail, { cause })
  const { rescue } = await loadRescue().catch(() => {
    throw failed(`${attempt.place ?? what}: ${messageOf(attempt.cause)}`, attempt.cause)
  })
  return rescue(attempt, link, failed)
}

async function link(open: (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>): Promise<CoreModule> {
  const { imports, finish } = linker()
  return finish(await open(imports))
}

async function instantiate(attempt: Attempt, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const { place } = attempt
  if (!(place instanceof URL)) return openGiven(place as BufferSource, imports)
  // No platform fetches files, and Node takes tens of milliseconds to say so.
  if (place.protocol === "file:") throw undefined
  const response = await fetch(place, { credentials: "same-origin" })
  if (response.ok && response.headers.get("content-type") === "application/wasm") {
    return (await WebAssembly.instantiateStreaming(response, imports)).instance
  }
  attempt.response = response
  throw undefined
}
