// Encodes and decodes payloads: JSON text, with binary values replaced by placeholders `{ "_placeholder": true, "num":
// n }` (Socket.IO protocol v5, "Binary attachments"). Keys are replaced only in objects that JSON.parse created, so a
// key `__proto__` stays an ordinary key.
import { messageOf, RacletteError } from "../types/errors"

const COMMA = 44
const CLOSING_BRACKET = 93

/** An outgoing binary value. The transport reads a Blob when its turn comes. */
export type Attachment = Uint8Array | Blob

/** A payload ready to send. */
export interface OutgoingPayload {
  text: string
  attachments: Attachment[]
  /** The body of a request, instead of the text. */
  upload?: RequestInit["body"]
}

/** Approximate size of a payload in bytes. */
export function sizeOf({ text, attachments }: OutgoingPayload): number {
  return attachments.reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.byteLength : part.size),
    text.length,
  )
}

/**
 * Returns the JSON text of `value` and the binary values in it, unless binary values are to stay as JSON writes them.
 * Throws `BAD_ARGUMENT` for values that JSON cannot represent.
 */
export function encodePayload(value: unknown, takesBinaryOut = true): OutgoingPayload {
  const attachments: Attachment[] = []
  // Reads the member itself: JSON.stringify passes the result of toJSON, which Node's Buffer has.
  const replace = function (this: Container, key: string, inner: unknown) {
    const bytes = bytesOf(this[key])
    if (!bytes) return inner
    attachments.push(bytes)
    return { _placeholder: true, num: attachments.length - 1 }
  }
  try {
    return { text: JSON.stringify(value, takesBinaryOut ? replace : undefined) ?? "null", attachments }
  } catch (cause) {
    throw new RacletteError("BAD_ARGUMENT", `the value is not serializable: ${messageOf(cause)}`, { cause })
  }
}

/**
 * Returns an object's JSON text after the opening brace; the core writes what comes before. Undefined if JSON keeps no
 * members. CONNECT has no attachments, so binary values stay as JSON writes them.
 */
export function membersOf(credentials: object): OutgoingPayload | undefined {
  const { text } = encodePayload(credentials, false)
  if (!text.startsWith("{")) throw new Error("`auth` must return an object that JSON can represent")
  return text === "{}" ? undefined : { text: text.slice(1), attachments: [] }
}

function bytesOf(value: unknown): Attachment | undefined {
  if (value instanceof Blob) return value
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (!ArrayBuffer.isView(value)) return undefined
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  // Browsers do not send shared memory, and its content may change.
  return value.buffer instanceof ArrayBuffer ? bytes : bytes.slice()
}

/**
 * Parses the array of arguments at `offset` of a frame's text and inserts its attachments. Throws an error whose
 * message describes the problem; the packet must then be refused.
 */
export function decodeArguments(frame: string, offset: number, attachments: readonly ArrayBuffer[] = []): unknown[] {
  const args: unknown = JSON.parse(frame.slice(offset))
  if (!Array.isArray(args)) throw new Error("the arguments are not an array")
  if (attachments.length > 0) fillPlaceholders(args, attachments)
  return args
}

/**
 * Parses the arguments after an event's name, which ends before `end`, of a frame without attachments whose array
 * begins at `offset`. A single argument is parsed by itself, without the name. None or several are not JSON by
 * themselves.
 */
export function decodeBehindName(frame: string, offset: number, end: number): unknown[] {
  if (frame.charCodeAt(end) === COMMA && frame.charCodeAt(frame.length - 1) === CLOSING_BRACKET) {
    try {
      return [JSON.parse(frame.slice(end + 1, -1))]
    } catch {
      // Not a single argument: the parser below decides.
    }
  }
  const args = decodeArguments(frame, offset)
  args.shift()
  return args
}

type Container = Record<string, unknown>

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null
}

function fillPlaceholders(root: Container | unknown[], attachments: readonly ArrayBuffer[]): void {
  const open: Container[] = [root as Container]
  for (let container = open.pop(); container; container = open.pop()) {
    for (const key of Object.keys(container)) {
      const value = container[key]
      if (!isContainer(value)) continue
      if (value._placeholder === true) {
        container[key] = attachmentOf(value.num, attachments)
      } else {
        open.push(value)
      }
    }
  }
}

function attachmentOf(num: unknown, attachments: readonly ArrayBuffer[]): ArrayBuffer {
  const attachment = typeof num === "number" ? attachments[num] : undefined
  if (!attachment) throw new Error(`placeholder for attachment ${String(num)} of ${attachments.length}`)
  return attachment
}
