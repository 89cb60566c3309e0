// Writes bytes as printable ASCII that still compresses like the bytes: each of the 90 most frequent bytes is one
// character, each of the others a pair of one of the last two characters and a digit. Characters keep the order of the
// bytes. Beside base64 of the deflated bytes the file grows by half, but brotli makes a tenth less of it, and
// gzip no more, since both still see where the bytes repeat. Left out are what a string literal escapes and `<`, so
// that the bundle can stand in an HTML page.
const alphabet = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((character) => !'"\\<'.includes(character))
  .join("")
const singles = alphabet.length - 2

/** Source of a module with `alphabet`, `order`, `size` and `text`, from which js-glue/core/core-inline.ts unpacks. */
export function packedModule(bytes) {
  const counts = new Array(256).fill(0)
  for (const byte of bytes) counts[byte]++
  const byCount = [...counts.keys()].sort((a, b) => counts[b] - counts[a])
  const ascending = (a, b) => a - b
  const order = [...byCount.slice(0, singles).sort(ascending), ...byCount.slice(singles).sort(ascending)]
  const words = new Map(order.map((byte, rank) => [byte, wordOf(rank)]))
  const text = Array.from(bytes, (byte) => words.get(byte)).join("")
  const values = { alphabet, order, size: bytes.length, text }
  return Object.entries(values)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}\n`)
    .join("")
}

function wordOf(rank) {
  if (rank < singles) return alphabet[rank]
  const pair = rank - singles
  return alphabet[singles + Math.floor(pair / alphabet.length)] + alphabet[pair % alphabet.length]
}
