// Who may what: tokens (JWT), checked by the same code for HTTP requests and for the Socket.IO handshake.
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import jwt from "@fastify/jwt"
import type { FastifyRequest } from "fastify"
import plugin from "fastify-plugin"

export interface AuthOptions {
  secret: string
  /** How long a token is valid, in seconds. */
  tokenLifetime: number
}

/**
 * The secret that signs tokens: `JWT_SECRET`, or in development one that is made once and kept in the data folder, so
 * that tokens survive a restart. Throws in production without `JWT_SECRET`.
 */
export function readSecret(env: NodeJS.ProcessEnv, dataFolder: string): string {
  if (env.JWT_SECRET) return env.JWT_SECRET
  if (env.NODE_ENV === "production") {
    throw new Error("JWT_SECRET is not set: in production the secret that signs tokens comes from the environment")
  }
  const file = join(dataFolder, "development-secret")
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true })
    writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 })
  }
  return readFileSync(file, "utf8")
}

/** Decorates the app with `authenticate` and `jwt`. */
export default plugin(
  async (fastify, { secret, tokenLifetime }: AuthOptions) => {
    await fastify.register(jwt, { secret, sign: { expiresIn: tokenLifetime } })
    fastify.decorate("authenticate", async (request: FastifyRequest) => {
      await request.jwtVerify()
    })
  },
  { name: "raclette-auth" },
)
