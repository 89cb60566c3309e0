// Refresh token rotation. A login issues a token and a refresh token, which can be exchanged once for the next pair. If
// a refresh token is used twice, somebody may have stolen it: its login ends, with all its tokens and sockets. The
// database stores only hashes.
import { createHash, randomBytes, randomUUID } from "node:crypto"
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import { Type } from "@sinclair/typebox"
import { and, eq, gte, isNull, lt } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { strict } from "./items"
import type { User } from "./types"

const LIFETIME = 30 * 24 * 60 * 60 * 1000

const refreshTokens = sqliteTable("refresh_tokens", {
  hash: text("hash").primaryKey(),
  login: text("login").notNull(),
  user: text("user").notNull(),
  expiresAt: integer("expires_at").notNull(),
  usedAt: integer("used_at"),
})

/** The response of a login or a refresh. */
export interface IssuedTokens {
  token: string
  refreshToken: string
  user: User
}

declare module "fastify" {
  interface FastifyInstance {
    /** Starts a new login of `user` and issues its first tokens. */
    issueTokens(user: User): Promise<IssuedTokens>
  }
}

/** Decorates the app with `issueTokens`, and adds `POST /auth/refresh`. */
export default plugin(
  async (fastify, { tokenLifetime }: { tokenLifetime: number }) => {
    await fastify.database.createTable(refreshTokens)
    const logins = new Logins(fastify, Math.max(LIFETIME, tokenLifetime * 1000))
    fastify.decorate("issueTokens", (user) => logins.begin(user))
    fastify.withTypeProvider<TypeBoxTypeProvider>().post("/auth/refresh", { schema }, async (request) => {
      const { refreshToken } = request.body
      const { unauthorized } = fastify.httpErrors
      const issued = await logins.rotate(refreshToken)
      if (issued) return issued
      if (!(await logins.endIfReused(refreshToken))) throw unauthorized(UNKNOWN_TOKEN)
      request.log.warn("A refresh token was used twice and may be stolen: its login has ended")
      throw unauthorized("The refresh token was already used, so its login has ended. Log in again.")
    })
  },
  { name: "raclette-refresh", dependencies: ["raclette-database", "raclette-auth"] },
)

const UNKNOWN_TOKEN = "The refresh token is unknown or has expired. Log in again."

const schema = {
  summary: "Refresh",
  description: "Exchanges a refresh token for the next token and the next refresh token. Each can be used once.",
  tags: ["auth"],
  body: Type.Object({ refreshToken: Type.String({ minLength: 1, maxLength: 100 }) }, strict),
}

/** The logins. Each is a chain of refresh tokens, of which only the last is valid. */
class Logins {
  readonly #app: FastifyInstance
  /** The longest lifetime of any token, in ms. */
  readonly #maxLifetime: number

  constructor(app: FastifyInstance, maxLifetime: number) {
    this.#app = app
    this.#maxLifetime = maxLifetime
  }

  /** Issues the first tokens of a new login. */
  async begin(user: User): Promise<IssuedTokens> {
    await this.#app.database.delete(refreshTokens).where(lt(refreshTokens.expiresAt, Date.now()))
    return this.#issue(user, randomUUID())
  }

  /** Exchanges a refresh token for the next tokens. undefined if it is unknown, used or expired. */
  async rotate(refreshToken: string): Promise<IssuedTokens | undefined> {
    const { database, endedLogins } = this.#app
    const { hash, usedAt, expiresAt } = refreshTokens
    const isValid = and(eq(hash, hashOf(refreshToken)), isNull(usedAt), gte(expiresAt, Date.now()))
    return database.transaction(async () => {
      const [row] = await database.update(refreshTokens).set({ usedAt: Date.now() }).where(isValid).returning()
      // It may have been issued while its login ended.
      if (row && endedLogins.has(row.login)) return undefined
      return row && this.#issue(JSON.parse(row.user) as User, row.login)
    })
  }

  /** Ends the login of a refresh token if that was used before. Resolves with whether it was. */
  async endIfReused(refreshToken: string): Promise<boolean> {
    const { database, endedLogins } = this.#app
    const [row] = await database
      .select()
      .from(refreshTokens)
      .where(eq(refreshTokens.hash, hashOf(refreshToken)))
    if (!row || row.usedAt === null) return false
    await endedLogins.end(row.login, Date.now() + this.#maxLifetime)
    await database.delete(refreshTokens).where(eq(refreshTokens.login, row.login))
    return true
  }

  /** Issues the next tokens of a login. */
  async #issue(user: User, login: string): Promise<IssuedTokens> {
    const refreshToken = randomBytes(32).toString("base64url")
    const row = { hash: hashOf(refreshToken), login, user: JSON.stringify(user), expiresAt: Date.now() + LIFETIME }
    await this.#app.database.insert(refreshTokens).values(row)
    return { token: this.#app.jwt.sign({ ...user, login }), refreshToken, user }
  }
}

function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("hex")
}
