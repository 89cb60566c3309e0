// Loads the compiled core once per source: all runtimes of a page share one module instance. If the package's file
// cannot be loaded, the embedded copy is used, and the log says so. Any other failure is `WASM_LOAD_FAILED`, with the
// step that failed and how to fix it. The next call tries again.
import { embeddedCore, shippedCore } from "#shipped-core"
import { messageOf, RacletteError } from "../types/errors"
import type { CoreModule } from "./core-module"
import { linker } from "./link"

/** Source of the core: one of the three. Default: the entry's file or inlined bytes. */
export interface WasmSource {
  /** URL of `raclette.wasm`, relative to the page. */
  url?: string | URL
  bytes?: BufferSource
  module?: WebAssembly.Module
}

type Open = (imports: WebAssembly.Imports) => Promise<WebAssembly.WebAssemblyInstantiatedSource>

/** The first four bytes of every module, `\0asm`. */
const MAGIC = 0x0061736d
const EVALUATION = "WebAssembly: add 'wasm-unsafe-eval' to script-src"
const PRECOMPILED = "this platform compiles no WebAssembly: pass `wasm.module`"
const INLINE = "import `raclette-wasm/inline`"
const MEND = `Serve \`raclette.wasm\` of this version there, set \`wasm.url\`, or ${INLINE}`

let fileError: unknown

const byUrl = new Map<string, Promise<CoreModule>>()
const byObject = new WeakMap<object, Promise<CoreModule>>()

/** Loads the core from `source`. Rejects with `WASM_LOAD_FAILED`; the next call tries again. */
export async function loadCore(source: WasmSource = {}): Promise<CoreModule> {
  if (typeof WebAssembly === "undefined") throw failed("this platform has no WebAssembly, or it is switched off")
  const from = placeOf(source)
  if (from === undefined) return cached(byUrl, "", loadShipped)
  if (from instanceof URL) return cached(byUrl, from.href, () => start((imports) => instantiateFrom(from, imports)))
  return cached(byObject, from, () => start((imports) => instantiate(from, imports, "`wasm`")))
}

/** Why the embedded copy is in use. Only the first call after a load returns it. */
export function takeFileError(): unknown {
  const error = fileError
  fileError = undefined
  return error
}

/** The given source; undefined for the default. */
function placeOf({ url, bytes, module }: WasmSource): URL | BufferSource | WebAssembly.Module | undefined {
  const given = module ?? bytes
  if (given !== undefined) {
    if (typeof given === "object" && given !== null) return given
    throw failed("`wasm.bytes` must be an ArrayBuffer or a view of one, `wasm.module` a WebAssembly.Module")
  }
  if (url === undefined) return undefined
  try {
    return new URL(url, globalThis.location?.href)
  } catch (cause) {
    throw failed(`${url} is not a URL. Set \`wasm.url\` to where \`raclette.wasm\` is, or ${INLINE}`, cause)
  }
}

/** Loads the file beside the module, else the embedded copy. */
async function loadShipped(): Promise<CoreModule> {
  try {
    return await start(openShipped)
  } catch (error) {
    if (!embeddedCore) throw error
    const bytes = await embeddedCore().catch(() => {
      throw error
    })
    const core = await start((imports) => instantiate(bytes, imports, "the copy"))
    fileError = error
    return core
  }
}

function openShipped(imports: WebAssembly.Imports): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  let place: URL | BufferSource
  try {
    place = shippedCore()
  } catch (cause) {
    throw failed(`the bundle does not know its own address. ${MEND}`, cause)
  }
  return place instanceof URL ? instantiateFrom(place, imports) : instantiate(place, imports, "`wasm`")
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

async function start(open: Open): Promise<CoreModule> {
  const { imports, finish } = linker()
  try {
    const { instance } = await open(imports)
    return finish(instance)
  } catch (cause) {
    throw cause instanceof RacletteError ? cause : foreign(cause)
  }
}

async function instantiateFrom(url: URL, imports: WebAssembly.Imports) {
  if (url.protocol === "file:") return instantiate(await readFile(url), imports, url.href)
  let response = await request(url)
  if (typeOf(response) === "application/wasm") {
    try {
      return await WebAssembly.instantiateStreaming(response, imports)
    } catch (cause) {
      if (isBlocked(cause)) throw blocked(EVALUATION, cause)
      // The stream is consumed. Fetch again to inspect the bytes.
      response = await request(url)
    }
  }
  const bytes = await response.arrayBuffer().catch((cause: unknown) => {
    throw failed(`${url.href} was cut off: ${messageOf(cause)}. Is the file complete on the server?`)
  })
  if (bytes.byteLength > 3 && new DataView(bytes).getUint32(0) === MAGIC) return instantiate(bytes, imports, url.href)
  const came = `${bytes.byteLength} bytes of ${typeOf(response)}`
  throw failed(`${url.href} is not WebAssembly but ${came}, perhaps a fallback page. ${MEND}`)
}

function typeOf(response: Response): string {
  return response.headers.get("content-type") ?? "no type"
}

async function readFile(url: URL): Promise<BufferSource> {
  const fs = globalThis.process?.getBuiltinModule?.("node:fs/promises")
  if (!fs) throw failed(`a page cannot read ${url.href}: serve it over http, or ${INLINE}`)
  try {
    return await fs.readFile(url)
  } catch (cause) {
    throw failed(`${url.href} cannot be read: ${messageOf(cause)}. Copy \`raclette.wasm\` there, or ${INLINE}`, cause)
  }
}

async function request(url: URL): Promise<Response> {
  let directive = ""
  const onViolation = (event: SecurityPolicyViolationEvent) => {
    if (event.blockedURI === url.href) directive = event.effectiveDirective
  }
  globalThis.addEventListener?.("securitypolicyviolation", onViolation)
  try {
    const response = await fetch(url, { credentials: "same-origin" })
    if (response.ok) return response
    throw failed(`${url.href} answered ${response.status}. ${MEND}`)
  } catch (cause) {
    if (cause instanceof RacletteError) throw cause
    // The browser reports CSP violations in a later task.
    await new Promise((resolve) => setTimeout(resolve))
    if (directive !== "") throw blocked(`${url.href}: add ${url.origin} to ${directive}`, cause)
    const ask = "Is its server running, and if it is another origin, does it send CORS headers?"
    throw failed(`${url.href} cannot be reached: ${messageOf(cause)}. ${ask}`, cause)
  } finally {
    globalThis.removeEventListener?.("securitypolicyviolation", onViolation)
  }
}

async function instantiate(source: BufferSource | WebAssembly.Module, imports: WebAssembly.Imports, where: string) {
  try {
    if (source instanceof WebAssembly.Module) {
      return { instance: await WebAssembly.instantiate(source, imports), module: source }
    }
    return await WebAssembly.instantiate(source, imports)
  } catch (cause) {
    if (isBlocked(cause)) throw blocked(EVALUATION, cause)
    if (/by embedder/.test(messageOf(cause))) throw failed(PRECOMPILED, cause)
    if (!(cause instanceof WebAssembly.CompileError)) throw foreign(cause)
    throw failed(`${where} is cut off, damaged, or not WebAssembly: ${messageOf(cause)}. Copy it again`, cause)
  }
}

function isBlocked(cause: unknown): boolean {
  return /content security policy|unsafe-eval|blocked by CSP/i.test(messageOf(cause))
}

function blocked(what: string, cause: unknown): RacletteError {
  return failed(`the page's Content-Security-Policy forbids ${what}`, cause)
}

function foreign(cause: unknown): RacletteError {
  return failed(`the WebAssembly is not that of this version of raclette-wasm: ${messageOf(cause)}. ${MEND}`, cause)
}

function failed(detail: string, cause?: unknown): RacletteError {
  return new RacletteError("WASM_LOAD_FAILED", detail, { cause })
}
