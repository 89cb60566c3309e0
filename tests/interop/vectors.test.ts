// The vectors in tests/vectors against the official parsers: valid ones have the same meaning there, and invalid ones
// are refused there too, except where this project is stricter, with a reason.
import { readFileSync } from "node:fs"
import { decodePacket } from "engine.io-parser"
import { Decoder, type Packet, PacketType } from "socket.io-parser"
import { describe, expect, it } from "vitest"

/** A vector, as far as this suite looks at it. `why`: reason of a `stricter` one. */
interface Vector {
  name: string
  wire: string
  type: string
  data?: unknown
  nsp: string
  id: number | null
  event?: string
  args?: unknown[]
  attachments?: number
  stricter?: boolean
  why?: string
}

interface BinaryVector extends Omit<Vector, "attachments" | "wire"> {
  header: string
  attachments: string[]
}

// Not imported as modules: an object literal would make a prototype of the key __proto__.
function read<V>(name: string): { valid: V[]; invalid: V[] } {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8"))
}

const engine = read<Vector>("engine-packets.json")
const socket = read<Vector>("socket-packets.json")
const binary = read<BinaryVector>("binary-packets.json")
const agreed = (vector: { stricter?: boolean }) => !vector.stricter
const stricter = (vector: { stricter?: boolean }) => vector.stricter === true

const typeNames: Record<number, string> = {
  [PacketType.CONNECT]: "connect",
  [PacketType.DISCONNECT]: "disconnect",
  [PacketType.EVENT]: "event",
  [PacketType.ACK]: "ack",
  [PacketType.CONNECT_ERROR]: "connect_error",
}

/** The decoder hands a binary packet out as a plain one, once its attachments are in place. */
const decodedType = (type: string) => type.replace("binary_", "")

/** What the official decoder makes of a text packet and the binary frames behind it. Throws where it does. */
function decode(text: string, attachments: Uint8Array[] = []): Packet | undefined {
  const decoder = new Decoder()
  let decoded: Packet | undefined
  decoder.on("decoded", (packet: Packet) => {
    decoded = packet
  })
  decoder.add(text)
  for (const attachment of attachments) decoder.add(attachment)
  return decoded
}

const refused = (text: string, attachments: Uint8Array[] = []) => {
  try {
    return decode(text, attachments) === undefined
  } catch {
    return true
  }
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"))

/** Binary values as the vectors write them. */
function spelled(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $binary: Buffer.from(value).toString("hex") }
  if (Array.isArray(value)) return value.map(spelled)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, spelled(member)]))
}

describe("Engine.IO packets", () => {
  it.each(engine.valid)("valid: $name", ({ wire, type, data }) => {
    const packet = decodePacket(wire)
    expect(packet.type).toBe(type)
    expect(packet.data ?? "").toBe(data)
  })

  it.each(engine.invalid.filter(agreed))("invalid: $name", ({ wire }) => {
    expect(decodePacket(wire).type).toBe("error")
  })

  it.each(engine.invalid.filter(stricter))("stricter: $name", ({ wire, why }) => {
    expect(decodePacket(wire).type).not.toBe("error")
    expect(why).toBeTruthy()
  })
})

describe("Socket.IO packets", () => {
  it.each(socket.valid)("valid: $name", (vector) => {
    const { wire, type, nsp, id, event, args, attachments = 0 } = vector
    const packet = decode(wire, Array(attachments).fill(new Uint8Array(1)))
    expect(typeNames[packet?.type ?? -1]).toBe(decodedType(type))
    expect(packet?.nsp).toBe(nsp)
    expect(packet?.id ?? null).toBe(id)
    if (event !== undefined) expect(packet?.data[0]).toBe(event)
    if (args && attachments === 0) {
      expect(JSON.stringify(packet?.data.slice(event === undefined ? 0 : 1))).toBe(JSON.stringify(args))
    }
    if ("data" in vector) expect(packet?.data ?? null).toEqual(vector.data)
  })

  it.each(socket.invalid.filter(agreed))("invalid: $name", ({ wire }) => {
    expect(refused(wire)).toBe(true)
  })

  it.each(socket.invalid.filter(stricter))("stricter: $name", ({ why }) => {
    expect(why).toBeTruthy()
  })
})

describe("binary packets", () => {
  it.each(binary.valid)("valid: $name", (vector) => {
    const packet = decode(vector.header, vector.attachments.map(bytes))
    expect(typeNames[packet?.type ?? -1]).toBe(decodedType(vector.type))
    expect(packet?.nsp).toBe(vector.nsp)
    expect(packet?.id ?? null).toBe(vector.id)
    if (vector.stricter) expect(vector.why).toBeTruthy()
    else expect(spelled(packet?.data)).toEqual(vector.args)
  })

  it.each(binary.invalid.filter(agreed))("invalid: $name", (vector) => {
    expect(refused(vector.header, vector.attachments.map(bytes))).toBe(true)
  })
})
