// Encoding and decoding payloads, with the same vectors as the core's codecs.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { decodeArguments, encodePayload } from "../../js-glue/runtime/payload"

interface Vector {
  name: string
  header: string
  attachments: string[]
  args: unknown[]
}
const file = new URL("../vectors/binary-packets.json", import.meta.url)
const { valid } = JSON.parse(readFileSync(file, "utf8")) as { valid: Vector[] }

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"))

/** The vector's arguments, with bytes instead of `{ $binary }`. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive)
  if (typeof value !== "object" || value === null) return value
  const { $binary } = value as { $binary?: string }
  if ($binary !== undefined) return bytes($binary).buffer
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]))
}

describe("decodeArguments", () => {
  it.each(valid)("$name", ({ header, attachments, args }) => {
    const buffers = attachments.map((hex) => bytes(hex).buffer as ArrayBuffer)
    expect(decodeArguments(header, header.indexOf("["), buffers)).toEqual(revive(args))
  })

  it("keeps a key __proto__ as a key", () => {
    const buffer = bytes("01").buffer as ArrayBuffer
    const text = '[{"__proto__":{"_placeholder":true,"num":0},"in":{"__proto__":{"polluted":1}}}]'
    const [value] = decodeArguments(text, 0, [buffer]) as [Record<string, Record<string, unknown>>]
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(value, "__proto__")?.value).toBe(buffer)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it.each(['[{"_placeholder":true,"num":1}]', '[{"_placeholder":true,"num":-1}]', '[{"_placeholder":true,"num":"0"}]'])(
    "refuses %s for one attachment",
    (text) => {
      expect(() => decodeArguments(text, 0, [new ArrayBuffer(1)])).toThrow(/placeholder for attachment .* of 1/)
    },
  )

  it("refuses anything but a JSON array", () => {
    expect(() => decodeArguments("{}", 0)).toThrow("the arguments are not an array")
    expect(() => decodeArguments("[1,", 0)).toThrow(SyntaxError)
  })
})

describe("encodePayload", () => {
  it("extracts every kind of binary in order, views without the rest of their buffer", () => {
    const view = new Uint16Array(bytes("0001020304050607").buffer, 2, 2)
    const { text, attachments } = encodePayload([
      { a: bytes("aa"), b: [view] },
      bytes("cc").buffer,
      Buffer.from("dd", "hex"),
    ])
    const place = (num: number) => ({ _placeholder: true, num })
    expect(JSON.parse(text)).toEqual([{ a: place(0), b: [place(1)] }, place(2), place(3)])
    expect(attachments.map((part) => Buffer.from(part as Uint8Array).toString("hex"))).toEqual([
      "aa",
      "02030405",
      "cc",
      "dd",
    ])
  })

  it("copies shared memory, which a browser refuses to send", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7)
    const { attachments } = encodePayload(shared.subarray(1, 3))
    shared.fill(0)
    expect(attachments).toEqual([new Uint8Array([7, 7])])
    expect((attachments[0] as Uint8Array).buffer).toBeInstanceOf(ArrayBuffer)
  })

  it("is reversed by decodeArguments", () => {
    const args = ["x", { deep: [{ file: bytes("0102").buffer }] }, null, 1.5]
    const { text, attachments } = encodePayload(args)
    expect(
      decodeArguments(
        text,
        0,
        attachments.map((part) => (part as Uint8Array).slice().buffer as ArrayBuffer),
      ),
    ).toEqual(args)
  })

  it("refuses values without a JSON form, and names them", () => {
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    for (const value of [cyclic, [1n]]) {
      expect(() => encodePayload(value)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
    }
  })
})
