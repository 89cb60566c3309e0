// What load.ts needs when the usual way of loading the core fails: other ways, for servers that send a wrong type and
// for files outside a page, and messages with the step that failed and how to fix it. A chunk of its own, since most
// pages never need it, so it gets what must be the same as in the package's main file as arguments.
import { messageOf } from "../types/errors"
import type { CoreModule } from "./core-module"
import { openGiven } from "./open"

/** Where a core comes from. */
export type Place = URL | BufferSource | WebAssembly.Module

/** An attempt to load the core that failed. */
export interface Attempt {
  /** The source, for messages. Empty for the package's own file. */
  readonly what: string
  /** Undefined if it could not be determined. */
  place?: Place
  /** A response that was not read. */
  response?: Response
  cause?: unknown
}

type Open = (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>
type Failed = (detail: string, cause?: unknown) => Error

/** The first four bytes of every module, `\0asm`. */
const MAGIC = 0x0061736d
const EVALUATION = "WebAssembly: add 'wasm-unsafe-eval' to script-src"
const PRECOMPILED = "this platform compiles no WebAssembly: pass `wasm.module`"
const INLINE = "import `raclette-wasm/inline`"
const MEND = `Serve \`raclette.wasm\` of this version there, set \`wasm.url\`, or ${INLINE}`

/**
 * Loads the core in another way. `link` links an instance; `failed` makes the error. Rejects with an error that
 * explains why all ways failed.
 */
export async function rescue(
  attempt: Attempt,
  link: (open: Open) => Promise<CoreModule>,
  failed: Failed,
): Promise<CoreModule> {
  const rescuer = new Rescuer(failed)
  try {
    return await link((imports) => rescuer.open(attempt, imports))
  } catch (cause) {
    throw (cause as { code?: unknown })?.code === "WASM_LOAD_FAILED" ? cause : rescuer.foreign(cause)
  }
}

class Rescuer {
  readonly #failed: Failed

  constructor(failed: Failed) {
    this.#failed = failed
  }

  foreign(cause: unknown): Error {
    const detail = `the WebAssembly is not that of this version of raclette-wasm: ${messageOf(cause)}. ${MEND}`
    return this.#failed(detail, cause)
  }

  async open(attempt: Attempt, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
    const { what, place, cause } = attempt
    if (typeof WebAssembly === "undefined") {
      throw this.#failed("this platform has no WebAssembly, or it is switched off")
    }
    if (place instanceof URL) return this.#openFile(place, attempt, imports)
    if (Object(place) === place) return this.#openBytes(place as BufferSource, imports, what)
    if (what === "") throw this.#failed(`the bundle does not know its own address. ${MEND}`, cause)
    if (what !== "`wasm`") {
      throw this.#failed(`${what} is not a URL. Set \`wasm.url\` to where \`raclette.wasm\` is, or ${INLINE}`, cause)
    }
    throw this.#failed("`wasm.bytes` must be an ArrayBuffer or a view of one, `wasm.module` a WebAssembly.Module")
  }

  async #openFile(url: URL, { response, cause }: Attempt, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
    if (url.protocol === "file:") return this.#openBytes(await this.#readFile(url), imports, url.href)
    if (isBlocked(cause)) throw this.#blocked(EVALUATION, cause)
    const answer = response ?? (await this.#request(url))
    if (!answer.ok) throw this.#failed(`${url.href} answered ${answer.status}. ${MEND}`)
    const bytes = await answer.arrayBuffer().catch((cause: unknown) => {
      throw this.#failed(`${url.href} was cut off: ${messageOf(cause)}. Is the file complete on the server?`)
    })
    if (bytes.byteLength > 3 && new DataView(bytes).getUint32(0) === MAGIC) {
      return this.#openBytes(bytes, imports, url.href)
    }
    const came = `${bytes.byteLength} bytes of ${answer.headers.get("content-type") ?? "no type"}`
    throw this.#failed(`${url.href} is not WebAssembly but ${came}, perhaps a fallback page. ${MEND}`)
  }

  async #readFile(url: URL): Promise<BufferSource> {
    const fs = globalThis.process?.getBuiltinModule?.("node:fs/promises")
    if (!fs) throw this.#failed(`a page cannot read ${url.href}: serve it over http, or ${INLINE}`)
    try {
      return await fs.readFile(url)
    } catch (cause) {
      const detail = `${url.href} cannot be read: ${messageOf(cause)}. Copy \`raclette.wasm\` there, or ${INLINE}`
      throw this.#failed(detail, cause)
    }
  }

  /** Requests the file again, to learn why it cannot be had. */
  async #request(url: URL): Promise<Response> {
    let directive = ""
    const onViolation = (event: SecurityPolicyViolationEvent) => {
      if (event.blockedURI === url.href) directive = event.effectiveDirective
    }
    globalThis.addEventListener?.("securitypolicyviolation", onViolation)
    try {
      return await fetch(url, { credentials: "same-origin" })
    } catch (cause) {
      // The browser reports CSP violations in a later task.
      await new Promise((resolve) => setTimeout(resolve))
      if (directive !== "") throw this.#blocked(`${url.href}: add ${url.origin} to ${directive}`, cause)
      const ask = "Is its server running, and if it is another origin, does it send CORS headers?"
      throw this.#failed(`${url.href} cannot be reached: ${messageOf(cause)}. ${ask}`, cause)
    } finally {
      globalThis.removeEventListener?.("securitypolicyviolation", onViolation)
    }
  }

  async #openBytes(
    source: BufferSource | WebAssembly.Module,
    imports: WebAssembly.Imports,
    where: string,
  ): Promise<WebAssembly.Instance> {
    try {
      return await openGiven(source, imports)
    } catch (cause) {
      if (isBlocked(cause)) throw this.#blocked(EVALUATION, cause)
      if (/by embedder/.test(messageOf(cause))) throw this.#failed(PRECOMPILED, cause)
      if (!(cause instanceof WebAssembly.CompileError)) throw this.foreign(cause)
      const detail = `${where} is cut off, damaged, or not WebAssembly: ${messageOf(cause)}. Copy it again`
      throw this.#failed(detail, cause)
    }
  }

  #blocked(what: string, cause: unknown): Error {
    return this.#failed(`the page's Content-Security-Policy forbids ${what}`, cause)
  }
}

function isBlocked(cause: unknown): boolean {
  return /content security policy|unsafe-eval|blocked by CSP/i.test(messageOf(cause))
}
