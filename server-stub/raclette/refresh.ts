// Refresh tokens: what a login hands out beside its token, to get the next token by. Each is good for one use, and is
// answered with the next. One that is used twice was stolen, or its thief came first: then the login that it came of
// ends, with all its refresh tokens and its sockets. The database knows their hashes alone.
import { createHash, randomBytes, randomUUID } from "node:crypto"
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import { Type } from "@sinclair/typebox"
import { and, eq, gte, isNull, lt } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import plugin from "fastify-plugin"
import { strict } from "./items"
import { loginRoom } from "./rooms"
import type { User } from "./types"

const LIFETIME = 30 * 24 * 60 * 60 * 1000

const refreshTokens = sqliteTable("refresh_tokens", {
  hash: text("hash").primaryKey(),
  login: text("login").notNull(),
  user: text("user").notNull(),
  expiresAt: integer("expires_at").notNull(),
  usedAt: integer("used_at"),
})

/** What a login, or a refresh, is answered with. */
export interface IssuedTokens {
  token: string
  refreshToken: string
  user: User
}

declare module "fastify" {
  interface FastifyInstance {
    /** Tokens of a new login of `user`. */
    issueTokens(user: User): Promise<IssuedTokens>
  }
}

/** Decorates the app with `issueTokens`, and adds `POST /auth/refresh`. */
export default plugin(
  async (fastify) => {
    const { database } = fastify
    await database.createTable(refreshTokens)

    /** The next tokens of a login. */
    async function issue(user: User, login: string): Promise<IssuedTokens> {
      const refreshToken = randomBytes(32).toString("base64url")
      const row = { hash: hashOf(refreshToken), login, user: JSON.stringify(user), expiresAt: Date.now() + LIFETIME }
      await database.insert(refreshTokens).values(row)
      return { token: fastify.jwt.sign({ ...user, login }), refreshToken, user }
    }

    async function issueTokens(user: User): Promise<IssuedTokens> {
      await database.delete(refreshTokens).where(lt(refreshTokens.expiresAt, Date.now()))
      return issue(user, randomUUID())
    }

    /** The tokens after a refresh token; undefined for one that is not known, not new, or too old. */
    async function rotate(refreshToken: string): Promise<IssuedTokens | undefined> {
      const { hash, usedAt, expiresAt } = refreshTokens
      const isGood = and(eq(hash, hashOf(refreshToken)), isNull(usedAt), gte(expiresAt, Date.now()))
      return database.transaction(async () => {
        const [row] = await database.update(refreshTokens).set({ usedAt: Date.now() }).where(isGood).returning()
        return row && issue(JSON.parse(row.user) as User, row.login)
      })
    }

    /** Ends the login of a refresh token that was used before; whether it was. */
    async function endReplayed(refreshToken: string): Promise<boolean> {
      const [row] = await database
        .select()
        .from(refreshTokens)
        .where(eq(refreshTokens.hash, hashOf(refreshToken)))
      if (!row || row.usedAt === null) return false
      await database.delete(refreshTokens).where(eq(refreshTokens.login, row.login))
      fastify.io.in(loginRoom(row.login)).disconnectSockets(true)
      return true
    }

    fastify.decorate("issueTokens", issueTokens)
    fastify.withTypeProvider<TypeBoxTypeProvider>().post(
      "/auth/refresh",
      {
        schema: {
          summary: "Refresh",
          description: "Gives the next token and the next refresh token for a refresh token, which is good once.",
          tags: ["auth"],
          body: Type.Object({ refreshToken: Type.String({ minLength: 1, maxLength: 100 }) }, strict),
        },
      },
      async (request) => {
        const { refreshToken } = request.body
        const { unauthorized } = fastify.httpErrors
        const issued = await rotate(refreshToken)
        if (issued) return issued
        if (!(await endReplayed(refreshToken))) throw unauthorized("The refresh token is not known or has expired")
        request.log.warn("a refresh token was used twice: its login has ended")
        throw unauthorized("The refresh token was used before: the login that it came of has ended")
      },
    )
  },
  { name: "raclette-refresh", dependencies: ["raclette-database", "raclette-auth"] },
)

function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("hex")
}
