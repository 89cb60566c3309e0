import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Todo, todoParams } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Params: Static<typeof todoParams> }>) => {
    const { _id } = req.params
    const todo = await fastify.todoService.restore(_id, req.user.name)
    if (!todo) throw fastify.httpErrors.notFound(`There is no todo ${_id}`)
    return { type: "dataRestore", body: { items: [todo] } } satisfies Payload<Todo>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataRestore" as const,
      operation: "restore",
      broadcastChannels: ["todoRestored"],
    },
    schema: {
      summary: "Restore a todo",
      description: "Restores a soft-deleted todo.",
      tags: ["pacifico/todo"],
      params: todoParams,
    },
  }
}
