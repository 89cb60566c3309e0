// A login for development, which issues tokens without a password. Its response says so. Production does not have it.
import { createHash } from "node:crypto"
import { Type } from "@sinclair/typebox"
import { strict, textOf } from "./items"
import type { PluginFastifyInstance, User } from "./types"

/** Adds `POST /auth/dev-login`. */
export function registerDevLogin(fastify: PluginFastifyInstance): void {
  fastify.post(
    "/auth/dev-login",
    {
      schema: {
        summary: "Development login",
        description: "Issues tokens without a password. For development only: the route does not exist in production.",
        tags: ["auth"],
        body: Type.Object({ user: textOf(100), projects: Type.Optional(Type.Array(textOf(100))) }, strict),
      },
    },
    async (request) => {
      const { user: name, projects } = request.body
      const user: User = { _id: idOf(name), name, ...(projects && { projects }) }
      const note = "For development only: this login needs no password and does not exist in production."
      return { ...(await fastify.issueTokens(user)), note }
    },
  )
}

/** A user id derived from the name, so that each login with that name is the same user. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex")
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5")
}
