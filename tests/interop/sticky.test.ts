// Two nodes behind a load balancer without sticky sessions. A WebSocket is one request and needs none. Long-polling is
// many requests, and the other node does not know the session: the runtime reports that, and switches to WebSocket if
// it may.
import { describe, expect, it } from "vitest"
import type { SocketOptions } from "../../js-glue"
import { roundRobin } from "../support/round-robin"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"
import { useServices } from "./nodes"

const { startNode } = useServices()

/** Two nodes that take turns, and a runtime that comes to them over `transports`. */
async function visit(transports: NonNullable<SocketOptions["transports"]>) {
  const nodes = await Promise.all([startNode(), startNode()])
  const url = await roundRobin(nodes.map(({ port }) => port))
  const token = (await nodes[0]?.token("anna")) ?? ""
  const runtime = await startRuntime(url, { auth: { token }, socket: { transports } })
  const heard: string[] = []
  runtime.$socket.onAny((payload, { channelKey }) => {
    if (channelKey === "todoCreated") heard.push(payload.body.items[0].name)
  })
  const reasons: string[] = []
  const end = runtime.$socket.reason.subscribe((reason) => {
    if (reason) reasons.push(`${reason.code}: ${reason.message}`)
  })
  return { nodes, runtime, heard, reasons, end }
}

const WHY = /^TRANSPORT_CLOSED: .*"Session ID unknown".*the load balancer needs sticky sessions/

describe("nodes that take turns", () => {
  it("serve a WebSocket as one does, and their events come from both", async () => {
    const { nodes, runtime, heard, reasons, end } = await visit(["websocket"])
    await untilStatus(runtime, "connected")
    for (const [n, node] of nodes.entries()) await node.addTodo(`of node ${n}`)
    await until(() => heard.length === 2)
    expect([heard.sort(), reasons]).toEqual([["of node 0", "of node 1"], []])
    end()
  })

  it("lose one who polls, who is told why and comes back by WebSocket", async () => {
    const { nodes, runtime, heard, reasons, end } = await visit(["polling", "websocket"])
    await untilStatus(runtime, "connected")
    await nodes[0]?.addTodo("heard after all")
    await until(() => heard.includes("heard after all"))
    expect(reasons[0]).toMatch(WHY)
    end()
  })

  it("never let in one who may but poll, and tell why each time", async () => {
    const { runtime, reasons, end } = await visit(["polling"])
    await until(() => reasons.length >= 3)
    expect(runtime.$socket.status.value).not.toBe("connected")
    for (const reason of reasons) expect(reason).toMatch(WHY)
    end()
  })
})
