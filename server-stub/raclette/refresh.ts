// Refresh tokens: what a login hands out beside its token, to get the next token by. Each is good for one use, and is
// answered with the next. One that is used twice was stolen, or its thief came first: then the login that it came of
// ends, with all its tokens and its sockets. The database knows their hashes alone.
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
  async (fastify, { tokenLifetime }: { tokenLifetime: number }) => {
    await fastify.database.createTable(refreshTokens)
    const logins = new Logins(fastify, Math.max(LIFETIME, tokenLifetime * 1000))
    fastify.decorate("issueTokens", (user) => logins.begin(user))
    fastify.withTypeProvider<TypeBoxTypeProvider>().post("/auth/refresh", { schema }, async (request) => {
      const { refreshToken } = request.body
      const { unauthorized } = fastify.httpErrors
      const issued = await logins.goOn(refreshToken)
      if (issued) return issued
      if (!(await logins.endReplayed(refreshToken))) throw unauthorized("The refresh token is not known or has expired")
      request.log.warn("a refresh token was used twice: its login has ended")
      throw unauthorized("The refresh token was used before: the login that it came of has ended")
    })
  },
  { name: "raclette-refresh", dependencies: ["raclette-database", "raclette-auth"] },
)

const schema = {
  summary: "Refresh",
  description: "Gives the next token and the next refresh token for a refresh token, which is good once.",
  tags: ["auth"],
  body: Type.Object({ refreshToken: Type.String({ minLength: 1, maxLength: 100 }) }, strict),
}

/** The logins: each is a chain of tokens, of which the last refresh token is good. */
class Logins {
  readonly #app: FastifyInstance
  /** In how many ms the last of a login's tokens has expired. */
  readonly #longest: number

  constructor(app: FastifyInstance, longest: number) {
    this.#app = app
    this.#longest = longest
  }

  /** The tokens of a new login. */
  async begin(user: User): Promise<IssuedTokens> {
    await this.#app.database.delete(refreshTokens).where(lt(refreshTokens.expiresAt, Date.now()))
    return this.#issue(user, randomUUID())
  }

  /** The tokens after a refresh token; undefined for one that is not known, not new, or too old. */
  async goOn(refreshToken: string): Promise<IssuedTokens | undefined> {
    const { database, endedLogins } = this.#app
    const { hash, usedAt, expiresAt } = refreshTokens
    const isGood = and(eq(hash, hashOf(refreshToken)), isNull(usedAt), gte(expiresAt, Date.now()))
    return database.transaction(async () => {
      const [row] = await database.update(refreshTokens).set({ usedAt: Date.now() }).where(isGood).returning()
      // One that was issued while its login ended is good for nothing.
      if (row && endedLogins.has(row.login)) return undefined
      return row && this.#issue(JSON.parse(row.user) as User, row.login)
    })
  }

  /** Ends the login of a refresh token that was used before; resolves with whether it was. */
  async endReplayed(refreshToken: string): Promise<boolean> {
    const { database, endedLogins } = this.#app
    const [row] = await database
      .select()
      .from(refreshTokens)
      .where(eq(refreshTokens.hash, hashOf(refreshToken)))
    if (!row || row.usedAt === null) return false
    await endedLogins.end(row.login, Date.now() + this.#longest)
    await database.delete(refreshTokens).where(eq(refreshTokens.login, row.login))
    return true
  }

  /** The next tokens of a login. */
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
