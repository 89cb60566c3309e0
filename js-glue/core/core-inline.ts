// What the entry `raclette-wasm/inline` brings as the compiled core: its bytes, written as text that compresses
// about as well as they do (see scripts/pack-core.mjs), so that nothing is fetched and nothing is evaluated. Built alone,
// it is dist/embedded.js, which `raclette-wasm` imports where it cannot have the file.
import { alphabet, order, size, text } from "#packed-core"

let bytes: Uint8Array<ArrayBuffer> | undefined

/** The bytes, the same object at every call. */
export function shippedCore(): BufferSource {
  bytes ??= unpack()
  return bytes
}

/** There is no other copy. */
export const embeddedCore = undefined

function unpack(): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(128)
  for (let i = 0; i < alphabet.length; i++) digits[alphabet.charCodeAt(i)] = i
  let at = 0
  const digit = () => digits[text.charCodeAt(at++)] ?? 0
  const singles = alphabet.length - 2
  return Uint8Array.from({ length: size }, () => {
    const first = digit()
    const rank = first < singles ? first : singles + (first - singles) * alphabet.length + digit()
    return order[rank] ?? 0
  })
}
