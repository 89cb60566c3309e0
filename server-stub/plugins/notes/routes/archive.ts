import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Note, noteParams } from "../model"
import { noteRooms } from "../service"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Params: Static<typeof noteParams> }>) => {
    const archived = await fastify.noteService.archive(req.params._id, req.user)
    if (!archived) throw fastify.httpErrors.notFound(`There is no note ${req.params._id}`)
    const { before, after } = archived
    return { type: "dataUpdate", body: { items: [after], prevVersion: before } } satisfies Payload<Note>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataUpdate" as const,
      operation: "archive",
      broadcastChannels: ["noteArchived"],
      broadcastRooms: noteRooms,
    },
    schema: {
      summary: "Archive a note",
      description: "Archives a note. Reads still return it, unless they ask for `isArchived=false`.",
      tags: ["pacifico/notes"],
      params: noteParams,
    },
  }
}
