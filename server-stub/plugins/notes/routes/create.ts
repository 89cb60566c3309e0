import type { Static } from "@sinclair/typebox"
import type { FastifyReply, FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Note, noteCreate } from "../model"
import { noteRooms } from "../service"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Body: Static<typeof noteCreate> }>, reply: FastifyReply) => {
    const { text, project } = req.body
    const isMember = project === undefined || req.user.projects?.includes(project)
    if (!isMember) throw fastify.httpErrors.forbidden(`You are not a member of the project ${project}`)
    const note = await fastify.noteService.create(text, project, req.user)
    reply.status(201)
    return { type: "dataCreate", body: { items: [note] } } satisfies Payload<Note>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataCreate" as const,
      broadcastChannels: ["noteCreated", "mySuperFancyCustomEvent"],
      broadcastRooms: noteRooms,
    },
    schema: {
      summary: "Create a note",
      description: "Creates a note. With `project`, the members of that project may read it too.",
      tags: ["pacifico/notes"],
      body: noteCreate,
    },
  }
}
