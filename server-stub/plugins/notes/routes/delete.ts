import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Note, noteParams } from "../model"
import { noteRooms } from "../service"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Params: Static<typeof noteParams> }>) => {
    const { _id } = req.params
    const note = await fastify.noteService.delete(_id, req.user)
    if (!note) throw fastify.httpErrors.notFound(`There is no note ${_id}`)
    return { type: "dataDelete", body: { items: [note], deleted: [_id] } } satisfies Payload<Note>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataDelete" as const,
      broadcastChannels: ["noteDeleted"],
      broadcastRooms: noteRooms,
    },
    schema: {
      summary: "Delete a note",
      description: "Soft-deletes a note: its row stays, but no read returns it.",
      tags: ["pacifico/notes"],
      params: noteParams,
    },
  }
}
