// The notes plugin: an entity with access rules.
import type { RaclettePlugin } from "../../raclette/types"
import { notes } from "./model"
import archiveRoute from "./routes/archive"
import createRoute from "./routes/create"
import deleteRoute from "./routes/delete"
import getAllRoute from "./routes/get-all"
import { NoteService } from "./service"

declare module "fastify" {
  interface FastifyInstance {
    noteService: NoteService
  }
}

export default {
  name: "notes",
  author: "pacifico",
  async register(fastify) {
    await fastify.database.createTable(notes)
    fastify.decorate("noteService", new NoteService(fastify.database))
    fastify.get("/note/all", getAllRoute(fastify))
    fastify.post("/note", createRoute(fastify))
    fastify.post("/note/:_id/archive", archiveRoute(fastify))
    fastify.delete("/note/:_id", deleteRoute(fastify))
  },
} satisfies RaclettePlugin
