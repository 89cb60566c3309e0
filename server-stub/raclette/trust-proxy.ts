// Trusted proxies: those whose X-Forwarded-For names the client. By default there is none, since any client can send
// that header with an address of its choice.
import { isIP } from "node:net"

const RANGES = ["loopback", "linklocal", "uniquelocal"]

/** Parses `TRUST_PROXY`: addresses of trusted proxies, separated by commas. Throws if a part is no address. */
export function parseTrustProxy(value = ""): false | string[] {
  const parts = value.split(",").map((part) => part.trim())
  if (parts.every((part) => part === "")) return false
  const wrong = parts.find((part) => !isAddress(part))
  if (wrong === undefined) return parts
  const expected = "Set it to IP addresses or ranges separated by commas, such as 10.0.0.1, 10.0.0.0/8 or loopback."
  throw new Error(`TRUST_PROXY contains "${wrong}", which is not an address. ${expected}`)
}

function isAddress(part: string): boolean {
  const [address = "", bits, ...more] = part.split("/")
  const longest = { 4: 32, 6: 128 }[isIP(address)]
  if (longest === undefined) return RANGES.includes(part)
  return more.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= longest))
}
