// Who may what: tokens (JWT), checked by the same code for HTTP requests and for the Socket.IO handshake, and a login
// for development that gives one to whoever asks.
import { createHash, randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import jwt from "@fastify/jwt"
import { Type } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import plugin from "fastify-plugin"
import { strict, textOf } from "./items"
import type { PluginFastifyInstance, User } from "./types"

export interface AuthOptions {
  secret: string
  /** Offers `POST /auth/dev-login`. */
  devLogin: boolean
}

const TOKEN_LIFETIME = "12h"

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
  async (fastify, { secret, devLogin }: AuthOptions) => {
    await fastify.register(jwt, { secret, sign: { expiresIn: TOKEN_LIFETIME } })
    fastify.decorate("authenticate", async (request: FastifyRequest) => {
      await request.jwtVerify()
    })
    if (devLogin) registerDevLogin(fastify)
  },
  { name: "raclette-auth" },
)

function registerDevLogin(fastify: PluginFastifyInstance): void {
  fastify.post(
    "/auth/dev-login",
    {
      schema: {
        summary: "Development login",
        description: "For development only: gives a token to whoever asks. It does not exist in production.",
        tags: ["auth"],
        body: Type.Object({ user: textOf(100), projects: Type.Optional(Type.Array(textOf(100))) }, strict),
      },
    },
    async (request) => {
      const { user: name, projects } = request.body
      const user: User = { _id: idOf(name), name, ...(projects && { projects }) }
      const note = "For development only: this login asks for no password and does not exist in production."
      return { token: fastify.jwt.sign(user), user, note }
    },
  )
}

/** The id of the user of a name, the same at every login: who asks again is the same user. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex")
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5")
}
