import type { Static } from "@sinclair/typebox"
import type { FastifyReply, FastifyRequest } from "fastify"
import type { Payload, PluginFastifyInstance } from "../../../raclette/types"
import { type Todo, todoCreate } from "../model"

export default (fastify: PluginFastifyInstance) => {
  const handler = async (req: FastifyRequest<{ Body: Static<typeof todoCreate> }>, reply: FastifyReply) => {
    const { name, isCompleted = false } = req.body
    const todo = await fastify.todoService.create(name, isCompleted, req.user.name)
    reply.status(201)
    return { type: "dataCreate", body: { items: [todo] } } satisfies Payload<Todo>
  }

  return {
    handler,
    onRequest: [fastify.authenticate],
    config: {
      type: "dataCreate" as const,
      broadcastChannels: ["todoCreated", "mySuperFancyCustomEvent"],
    },
    schema: {
      summary: "Create a todo",
      description: "Creates a todo. The server sets its id and times.",
      tags: ["pacifico/todo"],
      body: todoCreate,
    },
  }
}
