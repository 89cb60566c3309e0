// A bug in a node: now and then it reports that a todo was changed, but changes nothing.
import { type IncomingMessage, Server, type ServerResponse } from "node:http"

const EVERY = 20

let count = 0
const { emit } = Server.prototype
Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]) {
  const [request, response] = args as unknown as [IncomingMessage, ServerResponse]
  if (event !== "request" || request.method !== "PATCH" || ++count % EVERY > 0) {
    return emit.apply(this, [event, ...args] as never)
  }
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const change = JSON.parse(Buffer.concat(chunks).toString())
    const item = { ...change, _id: request.url?.split("/").at(-1), updatedAt: new Date().toISOString() }
    response.writeHead(200, { "content-type": "application/json" })
    response.end(JSON.stringify({ type: "dataUpdate", body: { items: [item] } }))
  })
  return true
} as typeof emit
