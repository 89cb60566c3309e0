// A login for development, which gives tokens to whoever asks. It says so in its answer, and is not there in production.
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
        description: "For development only: gives tokens to whoever asks. It does not exist in production.",
        tags: ["auth"],
        body: Type.Object({ user: textOf(100), projects: Type.Optional(Type.Array(textOf(100))) }, strict),
      },
    },
    async (request) => {
      const { user: name, projects } = request.body
      const user: User = { _id: idOf(name), name, ...(projects && { projects }) }
      const note = "For development only: this login asks for no password and does not exist in production."
      return { ...(await fastify.issueTokens(user)), note }
    },
  )
}

/** The id of the user of a name, the same at every login: who asks again is the same user. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex")
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5")
}
