// Three nodes behind nginx with the configuration of docs/deploy: sticky sessions, and changes that clients do not
// notice.
import { describe, expect, it, onTestFinished } from "vitest"
import type { SocketOptions } from "../../js-glue"
import { startNginx } from "../support/nginx"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"
import { useServices } from "./nodes"

const { startNode } = useServices()

async function threeNodes(env: Record<string, string> = {}) {
  const nodes = await Promise.all([startNode({ env }), startNode({ env }), startNode({ env })])
  const proxy = await startNginx(nodes.map(({ port }) => port))
  onTestFinished(() => proxy.stop())
  const token = (await nodes[0]?.token("anna")) ?? ""
  const visit = async (transports: NonNullable<SocketOptions["transports"]>) => {
    const runtime = await startRuntime(proxy.url, { auth: { token }, socket: { transports, reconnectionDelay: 50 } })
    const heard: string[] = []
    runtime.$socket.onAny((payload, { channelKey }) => {
      if (channelKey === "todoCreated") heard.push(payload.body.items[0].name)
    })
    return { runtime, heard }
  }
  return { nodes, url: proxy.url, token, visit }
}

describe("nodes behind nginx", () => {
  it("are told of by WebSocket, whichever a client comes to", async () => {
    const { nodes, visit } = await threeNodes()
    const clients = await Promise.all([0, 1, 2, 3, 4, 5].map(() => visit(["websocket"])))
    for (const { runtime } of clients) await untilStatus(runtime, "connected")
    for (const [n, node] of nodes.entries()) await node.addTodo(`of node ${n}`)
    for (const { heard } of clients) await until(() => heard.length === 3)
  })

  it("keep a client that polls at one of them", async () => {
    const { nodes, url, token } = await threeNodes()
    let cookie: string | undefined
    const ask = async (path: string, init: RequestInit = {}) => {
      const headers = { ...(cookie && { cookie }) }
      const answer = await fetch(`${url}socket.io/?EIO=4&transport=polling${path}`, { ...init, headers })
      cookie ??= answer.headers.get("set-cookie")?.split(";")[0]
      return answer
    }
    const { sid } = JSON.parse((await (await ask("")).text()).slice(1))
    expect(cookie).toMatch(/^raclette_node=[0-9a-f]{32}$/)
    const connect = await ask(`&sid=${sid}`, { method: "POST", body: `40${JSON.stringify({ token })}` })
    expect([connect.status, await connect.text()]).toEqual([200, "ok"])
    expect(await (await ask(`&sid=${sid}`)).text()).toMatch(/^40\{"sid":/)
    await nodes[1]?.addTodo("heard")
    let heard = ""
    while (!heard.includes("heard")) {
      const answer = await ask(`&sid=${sid}`)
      expect(answer.status).toBe(200)
      heard += await answer.text()
      if (heard.endsWith("2")) await ask(`&sid=${sid}`, { method: "POST", body: "3" })
    }
  })

  it("may end and come back one after the other: nobody loses anything, and requests are answered", async () => {
    const { nodes, url, token, visit } = await threeNodes()
    const clients = await Promise.all([0, 1, 2, 3].map(() => visit(["websocket"])))
    for (const { runtime } of clients) await untilStatus(runtime, "connected")
    const names: string[] = []
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const add = async () => {
      const name = `todo ${names.length}`
      names.push(name)
      const answer = await fetch(`${url}todo`, { method: "POST", headers, body: JSON.stringify({ name }) })
      expect(answer.status).toBe(201)
    }
    for (const node of nodes) {
      await add()
      expect(await node.stop()).toBe(0)
      for (let n = 0; n < 5; n++) await add()
      await node.start()
      await add()
    }
    for (const { heard } of clients) {
      await until(() => heard.length >= names.length)
      expect(heard).toEqual(names)
    }
  })

  it("count the requests of each client that nginx names, and do not show their metrics", async () => {
    const { url } = await threeNodes({ RATE_LIMIT: "3", TRUST_PROXY: "loopback", METRICS: "1" })
    const statusFor = async (client: string) =>
      (await fetch(`${url}raclette/config`, { headers: { "x-forwarded-for": client } })).status
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) statuses.push(await statusFor("192.0.2.1"))
    expect(statuses).toEqual([200, 200, 200, 429])
    expect(await statusFor("192.0.2.2")).toBe(200)
    expect((await fetch(`${url}metrics`)).status).toBe(404)
  })
})
