// Encodes bytes as printable ASCII that still compresses well. Each of the 90 most frequent bytes is one character;
// each other byte is a pair, whose first character is one of the last two of the alphabet. Characters keep the order of
// the bytes. The file is half again as large as base64 of the deflated bytes, but brotli makes it a tenth smaller, and
// gzip no larger, since both still see repetitions. The alphabet omits characters that a string literal escapes, and
// `<`, so that the bundle can be inlined in HTML.
const alphabet = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  .filter((character) => !'"\\<'.includes(character))
  .join("")
const singles = alphabet.length - 2

/**
 * The source of a module that exports `alphabet`, `order`, `size` and `text`. js-glue/core/core-inline.ts decodes them.
 */
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
