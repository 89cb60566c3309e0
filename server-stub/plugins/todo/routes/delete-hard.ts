import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Todo, todoParams } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Params: Static<typeof todoParams> }>) => {
    const { _id } = req.params
    const todo = await fastify.todoService.deleteHard(_id, req.user.name)
    if (!todo) throw fastify.httpErrors.notFound(`There is no todo ${_id}`)
    return { type: "dataDelete", body: { items: [todo], deleted: [_id] } } satisfies Payload<Todo>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataDelete" as const,
      broadcastChannels: ["todoDeleted"],
    },
    schema: {
      summary: "Delete a todo permanently",
      description: "Removes a todo from the database, also one that is soft-deleted.",
      tags: ["pacifico/todo"],
      params: todoParams,
    },
  }
}
