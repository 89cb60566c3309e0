// Loads the compiled core, once for each place it comes from: all runtimes of a page share one module instance.
// Whatever goes wrong is told in one sentence that says which step failed and how to mend it.
import factory from "#wasm-glue"
import type { CoreModule } from "./core-module"
import { messageOf, RacletteError } from "./errors"

/** Where the core comes from; one of the three. Default: the file beside this module. */
export interface WasmSource {
  url?: string | URL
  bytes?: BufferSource
  module?: WebAssembly.Module
}

type Instantiated = { instance: WebAssembly.Instance; module: WebAssembly.Module }

const byUrl = new Map<string, Promise<CoreModule>>()
const byObject = new WeakMap<object, Promise<CoreModule>>()

/** The core from `source`. Rejects with `WASM_LOAD_FAILED`; a failed load is tried again at the next call. */
export function loadCore(source: WasmSource = {}): Promise<CoreModule> {
  const given = source.module ?? source.bytes
  if (given) return cached(byObject, given, (imports) => instantiate(given, imports))
  const url = new URL(source.url ?? defaultUrl(), baseUrl())
  return cached(byUrl, url.href, (imports) => instantiateFrom(url, imports, source.url === undefined))
}

function defaultUrl(): URL {
  return new URL("./raclette.wasm", import.meta.url)
}

function baseUrl(): string {
  return typeof location === "undefined" ? import.meta.url : location.href
}

function cached<K>(
  cache: {
    get(key: K): Promise<CoreModule> | undefined
    set(key: K, value: Promise<CoreModule>): unknown
    delete(key: K): unknown
  },
  key: K,
  open: (imports: WebAssembly.Imports) => Promise<Instantiated>,
): Promise<CoreModule> {
  const known = cache.get(key)
  if (known) return known
  const loading = start(open)
  cache.set(key, loading)
  loading.catch(() => cache.delete(key))
  return loading
}

function start(open: (imports: WebAssembly.Imports) => Promise<Instantiated>): Promise<CoreModule> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => {
      open(imports).then(({ instance, module }) => done(instance, module), reject)
      return {}
    }
    factory({ instantiateWasm }).then(resolve, reject)
  })
}

async function instantiateFrom(url: URL, imports: WebAssembly.Imports, isDefault: boolean): Promise<Instantiated> {
  if (url.protocol === "file:") return instantiate(await readFile(url), imports)
  try {
    return await instantiateResponse(await request(url), imports)
  } catch (error) {
    // Vite's dev server moves modules into node_modules/.vite/deps, but not the files beside them.
    const moved = isDefault && url.pathname.includes("/.vite/deps/")
    if (!moved) throw error
    const original = new URL("../../raclette-wasm/dist/raclette.wasm", url)
    return instantiateResponse(await request(original), imports)
  }
}

async function readFile(url: URL): Promise<BufferSource> {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs/promises")
  if (!fs) throw failed(`${url.href} is a file; pass \`wasm: { bytes }\` to createRuntime`)
  try {
    return await fs.readFile(url)
  } catch (cause) {
    throw failed(`${url.href} cannot be read: ${messageOf(cause)}`, cause)
  }
}

async function request(url: URL): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: "same-origin" })
  } catch (cause) {
    throw failed(`${url.href} cannot be reached: ${messageOf(cause)}. Serve the file, or set \`wasm.url\``, cause)
  }
  if (response.ok) return response
  throw failed(`${url.href} answered ${response.status}. Serve the file there, or set \`wasm.url\``)
}

async function instantiateResponse(response: Response, imports: WebAssembly.Imports): Promise<Instantiated> {
  const type = response.headers.get("content-type") ?? "none"
  try {
    if (type.startsWith("application/wasm")) return await WebAssembly.instantiateStreaming(response, imports)
    return await instantiate(await response.arrayBuffer(), imports)
  } catch (cause) {
    if (cause instanceof RacletteError && cause.details.csp) throw cause
    if (isBlocked(cause)) throw blocked(cause)
    throw failed(
      `${response.url} is no WebAssembly (content-type ${type}): the server has to send the file as application/wasm`,
      cause,
    )
  }
}

async function instantiate(
  source: BufferSource | WebAssembly.Module,
  imports: WebAssembly.Imports,
): Promise<Instantiated> {
  try {
    if (source instanceof WebAssembly.Module) {
      return { instance: await WebAssembly.instantiate(source, imports), module: source }
    }
    return await WebAssembly.instantiate(source, imports)
  } catch (cause) {
    if (isBlocked(cause)) throw blocked(cause)
    throw failed(`the bytes are no usable WebAssembly: ${messageOf(cause)}`, cause)
  }
}

function isBlocked(cause: unknown): boolean {
  return /content security policy|unsafe-eval|blocked by CSP/i.test(messageOf(cause))
}

function blocked(cause: unknown): RacletteError {
  const detail = "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src"
  return new RacletteError("WASM_LOAD_FAILED", detail, { cause, details: { csp: true } })
}

function failed(detail: string, cause?: unknown): RacletteError {
  return new RacletteError("WASM_LOAD_FAILED", detail, { cause })
}
