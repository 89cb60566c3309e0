// The todo plugin.
import type { RaclettePlugin } from "../../raclette/types"
import { todos } from "./model"
import createRoute from "./routes/create"
import deleteRoute from "./routes/delete"
import deleteHardRoute from "./routes/delete-hard"
import getRoute from "./routes/get"
import getAllRoute from "./routes/get-all"
import restoreRoute from "./routes/restore"
import updateRoute from "./routes/update"
import { TodoService } from "./service"

declare module "fastify" {
  interface FastifyInstance {
    todoService: TodoService
  }
}

export default {
  name: "todo",
  author: "pacifico",
  async register(fastify) {
    await fastify.database.createTable(todos)
    fastify.decorate("todoService", new TodoService(fastify.database))
    fastify.get("/todo/all", getAllRoute(fastify))
    fastify.get("/todo/:_id", getRoute(fastify))
    fastify.post("/todo", createRoute(fastify))
    fastify.patch("/todo/:_id", updateRoute(fastify))
    fastify.delete("/todo/:_id", deleteRoute(fastify))
    fastify.delete("/todo/:_id/hard", deleteHardRoute(fastify))
    fastify.post("/todo/:_id/restore", restoreRoute(fastify))
  },
} satisfies RaclettePlugin
