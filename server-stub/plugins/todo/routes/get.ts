import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Todo, todoParams } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Params: Static<typeof todoParams> }>) => {
    const todo = await fastify.todoService.get(req.params._id)
    if (!todo) throw fastify.httpErrors.notFound(`There is no todo ${req.params._id}`)
    return { type: "dataRead", body: { items: [todo] } } satisfies Payload<Todo>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: { type: "dataRead" as const },
    schema: {
      summary: "Read a todo",
      description: "One todo by its id.",
      tags: ["pacifico/todo"],
      params: todoParams,
    },
  }
}
