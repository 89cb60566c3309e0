import type { Static } from "@sinclair/typebox"
import type { FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Todo, todoQuery } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Querystring: Static<typeof todoQuery> }>): Promise<Payload<Todo>> => {
    return { type: "dataRead", body: await fastify.todoService.all(req.query) }
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: { type: "dataRead" as const },
    schema: {
      summary: "Read todos",
      description: "Returns all todos, or a page of them, oldest first.",
      tags: ["pacifico/todo"],
      querystring: todoQuery,
    },
  }
}
