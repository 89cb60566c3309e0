// The baseline for the backend stub: the least that stores a todo durably and notifies all clients, with the same
// Fastify, Socket.IO and SQLite. It has no authentication, validation, idempotency or recovery. Like main.ts, it reads
// PORT and RACLETTE_DATA, and prints a line when it is ready.
import { randomUUID } from "node:crypto"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import Fastify from "fastify"
import Database from "libsql"
import { Server } from "socket.io"
import { CHANNELS } from "./ledger"

const database = new Database(join(process.env.RACLETTE_DATA ?? ".", "bare.db"))
database.pragma("journal_mode = WAL")
database.pragma("synchronous = FULL")
database.exec(`CREATE TABLE todos (_id TEXT PRIMARY KEY, is_deleted INTEGER NOT NULL, last_editor TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, name TEXT NOT NULL, is_completed INTEGER NOT NULL)`)
const insert = database.prepare("INSERT INTO todos VALUES (?, ?, ?, ?, ?, ?, ?)")

const app = Fastify()
const io = new Server(app.server, { serveClient: false })
io.on("connection", (socket) => socket.emit("raclette--connected", {}))

app.post<{ Body: { name: string } }>("/todo", (request, reply) => {
  const { name } = request.body
  const _id = randomUUID()
  const now = new Date().toISOString()
  insert.run(_id, 0, "somebody", now, now, name, 0)
  const item = {
    _id,
    isDeleted: false,
    lastEditor: "somebody",
    createdAt: now,
    updatedAt: now,
    name,
    isCompleted: false,
  }
  const payload = { type: "dataCreate", body: { items: [item] } }
  reply.status(201).send(payload)
  for (const channel of CHANNELS) io.emit(channel, payload)
})

await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) })
console.log(`raclette-wasm demo: http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`)
