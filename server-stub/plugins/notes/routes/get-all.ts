import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Note, noteQuery } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Querystring: Static<typeof noteQuery> }>): Promise<Payload<Note>> => {
    return { type: "dataRead", body: await fastify.noteService.all(req.user, req.query) }
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: { type: "dataRead" as const },
    schema: {
      summary: "Read notes",
      description: "Returns the user's notes and those of the user's projects, or a page of them, oldest first.",
      tags: ["pacifico/notes"],
      querystring: noteQuery,
    },
  }
}
