// Which proxies are trusted to name their clients in X-Forwarded-For. By default none is: any client can send that
// header, and would be counted as whomever it names.
import { isIP } from "node:net"

const RANGES = ["loopback", "linklocal", "uniquelocal"]

/** What `TRUST_PROXY` says: the addresses of trusted proxies, parted by commas. Throws if it says anything else. */
export function readProxies(value = ""): false | string[] {
  const parts = value.split(",").map((part) => part.trim())
  if (parts.every((part) => part === "")) return false
  const wrong = parts.find((part) => !isAddress(part))
  if (wrong === undefined) return parts
  throw new Error(`TRUST_PROXY says "${wrong}": it takes addresses of proxies, as 10.0.0.1, 10.0.0.0/8 or loopback`)
}

function isAddress(part: string): boolean {
  const [address = "", bits, ...more] = part.split("/")
  const longest = { 4: 32, 6: 128 }[isIP(address)]
  if (longest === undefined) return RANGES.includes(part)
  return more.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= longest))
}
