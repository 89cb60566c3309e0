import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Todo, todoParams, todoUpdate } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (
    req: FastifyRequest<{ Params: Static<typeof todoParams>; Body: Static<typeof todoUpdate> }>,
  ) => {
    const updated = await fastify.todoService.update(req.params._id, req.body, req.user.name)
    if (!updated) throw fastify.httpErrors.notFound(`There is no todo ${req.params._id}`)
    const { before, after } = updated
    return { type: "dataUpdate", body: { items: [after], prevVersion: before } } satisfies Payload<Todo>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataUpdate" as const,
      broadcastChannels: ["todoUpdated"],
    },
    schema: {
      summary: "Change a todo",
      description: "Renames a todo, completes or reopens it, or both.",
      tags: ["pacifico/todo"],
      params: todoParams,
      body: todoUpdate,
    },
  }
}
