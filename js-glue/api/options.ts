// Checks the options of `createRuntime` and converts them to the form that the core reads. Unknown names and wrong
// types are refused with their path, so that a typing error never silently selects a default.
import type { RuntimeOptions, SocketOptions } from "../types"
import { RacletteError } from "../types/errors"
import { kindOf, unknownOption } from "./base/checks"

type Kind = "string" | "boolean" | "number" | "function" | "object" | "array" | "either" | "any"
type Kinds<Options> = Readonly<Record<keyof Options, Kind>>

const KINDS: Kinds<RuntimeOptions> = {
  ...{
    url: "string",
    plugins: "array",
    types: "any",
    auth: "either",
    identity: "any",
    idKey: "string",
    versionKey: "string",
  },
  ...{ match: "function", sort: "function", socket: "object", eventbus: "object", log: "object" },
  ...{ notifications: "boolean", onError: "function", wasm: "object", WebSocket: "function", fetch: "function" },
  ...{ fetchOptions: "either" },
  ...{ timers: "object", lifecycle: "function", storage: "either" },
}
const BUS_KINDS: Kinds<NonNullable<RuntimeOptions["eventbus"]>> = { whitelist: "array" }
const LOG_KINDS: Kinds<NonNullable<RuntimeOptions["log"]>> = { level: "any", sink: "any", packets: "boolean" }
/** Options that are checked where they are used. */
const WASM_KINDS: Kinds<NonNullable<RuntimeOptions["wasm"]>> = { url: "any", bytes: "any", module: "any" }

/** Options that only the binding uses. The core knows and checks the others. */
const OWN_KINDS: Kinds<Pick<SocketOptions, "extraHeaders" | "withCredentials" | "ackTimeout" | "maxAttachments">> = {
  ...{ extraHeaders: "object", withCredentials: "boolean", ackTimeout: "number", maxAttachments: "number" },
}

const NAMES: Readonly<Record<Kind, string>> = {
  string: "a string",
  boolean: "true or false",
  number: "a number, 0 or more",
  function: "a function",
  object: "an object",
  array: "an array",
  either: "an object or a function",
  any: "",
}

/** Throws `BAD_CONFIG` with the path of the first field that is unknown or has the wrong type. */
export function checkOptions(options: RuntimeOptions): void {
  if (!isKind(options, "object")) throw new RacletteError("BAD_CONFIG", "the options must be an object")
  checkMembers(options, KINDS, "")
  checkMembers(options.eventbus, BUS_KINDS, "eventbus.")
  checkMembers(options.log, LOG_KINDS, "log.")
  checkMembers(options.wasm, WASM_KINDS, "wasm.")
  for (const [name, kind] of Object.entries(OWN_KINDS)) {
    checkKind(options.socket?.[name as keyof SocketOptions], kind, `socket.${name}`)
  }
}

/** The options as JSON for the core. `client`: distinguishes this runtime's mutations from those of all others. */
export function coreOptions({ url, socket = {}, eventbus }: RuntimeOptions, client: string): string {
  const forCore = Object.fromEntries(Object.entries(socket).filter(([name]) => !Object.hasOwn(OWN_KINDS, name)))
  const sent = { ...forCore, query: pairsOf(socket.query) }
  return JSON.stringify({ origin: originOf(url), client, socket: sent, whitelist: eventbus?.whitelist }, stated)
}

/**
 * Replaces values that JSON cannot hold: Infinity means no limit, and the core must see wrong values to refuse them.
 */
function stated(_name: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  return typeof value === "function" || typeof value === "symbol" || typeof value === "bigint" ? typeof value : value
}

/** `query` as socket.io-client accepts it: an object, or its text. */
function pairsOf(query: SocketOptions["query"]): unknown {
  if (typeof query === "string") return Object.fromEntries(new URLSearchParams(query))
  if (!isKind(query, "object")) return query
  const entries = Object.entries(query as object).map(([name, value]) => [
    name,
    typeof value === "number" || typeof value === "boolean" ? String(value) : value,
  ])
  return Object.fromEntries(entries)
}

/**
 * The backend's address. In a page it may be relative to the page or have no scheme, as in socket.io-client. Throws
 * `BAD_CONFIG`.
 */
function originOf(given: string | undefined): string {
  const page = globalThis.location
  if (given === undefined) {
    if (page === undefined) throw refused("is required outside a page")
    return page.origin
  }
  const text = absolute(given, page)
  if (/\s/.test(given) || !/^(https?|wss?):\/\/[^/?#]/i.test(text)) {
    throw refused("must be an http or https address without spaces")
  }
  if (/[?#]/.test(text)) throw refused("must have no query or fragment: use `socket.query`")
  const { protocol, host, pathname, username, password } = parsed(text)
  if (username || password) throw refused("must have no credentials: use `auth`")
  return `${protocol.replace("ws", "http")}//${host}${pathname}`
}

function absolute(given: string, page: Location | undefined): string {
  if (page === undefined || /^[a-z][a-z\d+.-]*:\/\//i.test(given)) return given
  if (given.startsWith("//")) return page.protocol + given
  return given.startsWith("/") ? page.origin + given : `${page.protocol}//${given}`
}

function parsed(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw refused(`has an invalid host or port: ${text}`)
  }
}

function refused(why: string): RacletteError {
  return new RacletteError("BAD_CONFIG", `\`url\` ${why}`)
}

function checkMembers(given: object | undefined, kinds: Readonly<Record<string, Kind>>, path: string): void {
  for (const [name, value] of Object.entries(given ?? {})) {
    const kind = kinds[name]
    if (kind === undefined || !Object.hasOwn(kinds, name)) {
      throw unknownOption("BAD_CONFIG", path + name, Object.keys(kinds))
    }
    checkKind(value, kind, path + name)
  }
}

function checkKind(value: unknown, kind: Kind, path: string): void {
  if (value === undefined || isKind(value, kind)) return
  throw new RacletteError("BAD_CONFIG", `\`${path}\` must be ${NAMES[kind]}, not ${kindOf(value)}`)
}

function isKind(value: unknown, kind: Kind): boolean {
  if (kind === "any") return true
  if (kind === "number") return typeof value === "number" && value >= 0
  if (kind === "array") return Array.isArray(value)
  if (kind === "either") return isKind(value, "object") || typeof value === "function"
  if (kind === "object") return typeof value === "object" && value !== null && !Array.isArray(value)
  return typeof value === kind
}
