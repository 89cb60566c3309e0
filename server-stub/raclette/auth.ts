// Tokens (JWT) say who a client is. The same code checks them in HTTP requests and in the Socket.IO handshake.
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

/** Of all that a token's head may name, what this secret signs. */
const ALGORITHM = "HS256"
const ENDED = "The login that the token came of has ended."

declare module "fastify" {
  interface FastifyInstance {
    /** An `onRequest` hook that lets only requests with a valid token through, else 401. */
    authenticate: onRequestHookHandler
    /** The user of a token; throws, with what is wrong, for one that is forged, has expired, or whose login has ended. */
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
        // Whatever is wrong with a token, it is its sender's.
        throw fastify.httpErrors.unauthorized(error instanceof Error ? error.message : String(error))
      }
    })
  },
  { name: "raclette-auth", dependencies: ["raclette-ended-logins"] },
)
