// Payloads on their way in and out: JSON text, and binary values taken out of it and put back by placeholders
// `{ "_placeholder": true, "num": n }` (Socket.IO protocol v5, "Binary attachments"). Keys are only ever replaced in
// objects that JSON.parse made, so a key `__proto__` stays a plain key.
import { messageOf, RacletteError } from "../types/errors"

const COMMA = 44
const CLOSING_BRACKET = 93

/** A binary value on its way out; a Blob is read by the transport, in its turn. */
export type Attachment = Uint8Array | Blob

/** A payload ready to send. */
export interface OutgoingPayload {
  text: string
  attachments: Attachment[]
  /** The body of a request, in place of the text. */
  upload?: RequestInit["body"]
}

/** About how many bytes a payload takes. */
export function sizeOf({ text, attachments }: OutgoingPayload): number {
  return attachments.reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.byteLength : part.size),
    text.length,
  )
}

/**
 * The JSON text of `value` and the binary values in it, unless they are to stay what JSON makes of them. Throws
 * `BAD_ARGUMENT` for what JSON cannot hold.
 */
export function encodePayload(value: unknown, takesBinaryOut = true): OutgoingPayload {
  const attachments: Attachment[] = []
  // Looks at the member itself: what JSON.stringify hands over has been through toJSON, which Node's Buffer has.
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
 * An object's text behind its opening brace: the core writes what stands before it. Undefined where it has no members
 * that JSON knows. CONNECT carries no attachments: binary values are what JSON makes of them.
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
  // Shared memory is neither sent by a browser nor does it stand still.
  return value.buffer instanceof ArrayBuffer ? bytes : bytes.slice()
}

/**
 * The array of arguments that begins at `offset` of a frame's text, with its attachments put in place. Throws an
 * error whose message says what is wrong; the packet is then to be refused.
 */
export function decodeArguments(frame: string, offset: number, attachments: readonly ArrayBuffer[] = []): unknown[] {
  const args: unknown = JSON.parse(frame.slice(offset))
  if (!Array.isArray(args)) throw new Error("the arguments are not an array")
  if (attachments.length > 0) fillPlaceholders(args, attachments)
  return args
}

/**
 * The arguments behind an event's name, which ends before `end`, of a frame without attachments whose array begins at
 * `offset`. One argument is parsed by itself, without the name; more, or none, are no JSON by themselves.
 */
export function decodeBehindName(frame: string, offset: number, end: number): unknown[] {
  if (frame.charCodeAt(end) === COMMA && frame.charCodeAt(frame.length - 1) === CLOSING_BRACKET) {
    try {
      return [JSON.parse(frame.slice(end + 1, -1))]
    } catch {
      // They are told apart, or refused, by what follows.
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
