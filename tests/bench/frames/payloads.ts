// Frames of a given size, as a browser delivers them: decoded from bytes, so flat strings. Several different ones of
// each kind alternate, so that no engine can treat one as a constant.

export interface Payload {
  type: string
  body: { items: { _id: string; name: string; amount?: number; tags?: string[] }[] }
}

export type Encoding = "latin1" | "UTF-16"

const NAMES = { latin1: "K\u00e4se, 200 g", "UTF-16": "\u725b\u4e73 200 ml" }

/** How many different frames of one kind alternate. */
export const VARIANTS = 4

/** Different payloads, each about `length` characters of JSON. */
export function payloadsOf(length: number, encoding: Encoding): Payload[] {
  return Array.from({ length: VARIANTS }, (_, variant) => {
    const items: Payload["body"]["items"] = []
    const payload = { type: "dataUpdate", body: { items } }
    const fullItem = (i: number) => ({ _id: `${variant}-${i}`, name: NAMES[encoding], amount: i, tags: ["a", "b"] })
    const each = JSON.stringify(fullItem(1000)).length + 1
    const full = Math.max(Math.floor((length - 90) / each), 0)
    for (let i = 0; i < full; i++) items.push(fullItem(i))
    const last = { _id: `${variant}`, name: encoding === "latin1" ? "\u00e4" : "\u725b" }
    items.push(last)
    last.name += "x".repeat(Math.max(length - JSON.stringify(payload).length, 0))
    return payload
  })
}

/** The text as the engine represents input from outside. */
export function flat(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text))
}
