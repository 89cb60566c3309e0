// Tokens without a login, since the stub has no development login in production. They contain the same claims, signed
// with HS256 and the secret of the environment.
import { createHmac, randomUUID } from "node:crypto"

/** How long a token is valid, in seconds: longer than any bench. */
const LIFETIME = 3600

/** A token of the user of a name, signed with `secret`. */
export function signToken(secret: string, name: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { _id: `id-of-${name}`, name, login: randomUUID(), iat: now, exp: now + LIFETIME }
  const [header, body] = [{ alg: "HS256", typ: "JWT" }, claims].map(encode)
  const signature = createHmac("sha256", secret).update(`${header}.${body}`).digest("base64url")
  return `${header}.${body}.${signature}`
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url")
}
