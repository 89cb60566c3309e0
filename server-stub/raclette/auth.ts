// Tokens (JWT) identify clients. HTTP requests and Socket.IO handshakes are verified by the same code.
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import jwt from "@fastify/jwt"
import type { FastifyRequest, onRequestHookHandler } from "fastify"
import plugin from "fastify-plugin"
import type { User } from "./types"

export interface AuthOptions {
  secret: string
  /** How long a token is valid, in seconds. */
  tokenLifetime: number
}

/** The only algorithm accepted, whatever a token's header names. */
const ALGORITHM = "HS256"
const ENDED = "The login of this token has ended. Log in again."

declare module "fastify" {
  interface FastifyInstance {
    /** An `onRequest` hook that answers requests without a valid token with 401. */
    authenticate: onRequestHookHandler
    /** The user of a token. Throws if the token is forged or expired, or if its login has ended. */
    verifyToken(token: string): User
  }
}

declare module "@fastify/jwt" {
  interface FastifyJWT {
    payload: User
    user: User
  }
}

/**
 * The secret that signs tokens: `JWT_SECRET`. Without it, development generates one and keeps it in the data folder, so
 * that tokens survive a restart; production throws.
 */
export function readSecret(env: NodeJS.ProcessEnv, dataFolder: string): string {
  if (env.JWT_SECRET) return env.JWT_SECRET
  if (env.NODE_ENV === "production") {
    throw new Error(
      "JWT_SECRET is not set, but NODE_ENV is production. Set JWT_SECRET to a long random string, the same for all nodes.",
    )
  }
  const file = join(dataFolder, "development-secret")
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true })
    writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 })
  }
  return readFileSync(file, "utf8")
}

/** Decorates the app with `authenticate`, `verifyToken` and `jwt`. */
export default plugin(
  async (fastify, { secret, tokenLifetime }: AuthOptions) => {
    await fastify.register(jwt, {
      secret,
      sign: { algorithm: ALGORITHM, expiresIn: tokenLifetime },
      verify: { algorithms: [ALGORITHM] },
    })
    fastify.decorate("verifyToken", (token: string) => {
      const user = fastify.jwt.verify<User>(token)
      if (fastify.endedLogins.has(user.login)) throw new Error(ENDED)
      return user
    })
    fastify.decorate("authenticate", async (request: FastifyRequest) => {
      try {
        request.user = fastify.verifyToken(fastify.jwt.lookupToken(request))
      } catch (error) {
        throw fastify.httpErrors.unauthorized(error instanceof Error ? error.message : String(error))
      }
    })
  },
  { name: "raclette-auth", dependencies: ["raclette-ended-logins"] },
)
