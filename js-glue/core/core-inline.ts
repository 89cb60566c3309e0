// The compiled core of the entry `raclette-wasm/inline`: its bytes as text that compresses about as well (see
// scripts/pack-core.mjs). Nothing is fetched. The same file is also built as dist/embedded.js, the fallback of the
// entry `raclette-wasm`.
import { alphabet, order, size, text } from "#packed-core"

let bytes: Uint8Array<ArrayBuffer> | undefined

/** The bytes. Every call returns the same object. */
export function shippedCore(): BufferSource {
  bytes ??= unpack()
  return bytes
}

/** No fallback. */
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
