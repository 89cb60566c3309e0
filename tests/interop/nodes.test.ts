// Two nodes that share Redis and PostgreSQL, with a runtime at each. Clients of both get all events in the same order,
// also while a node is killed and its clients move to the other.
import { Redis } from "ioredis"
import { describe, expect, it, onTestFinished } from "vitest"
import type { Backend } from "../support/backend"
import { openProxy } from "../support/test-proxy"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"
import { listener, useServices } from "./nodes"

const { startNode, redis } = useServices()

describe("two nodes", () => {
  it("send private events only to their recipients, also at the other node", async () => {
    const nodes = await Promise.all([startNode(), startNode()])
    const [here, there] = nodes as [Backend, Backend]
    const hear = async (user: string) => {
      const runtime = await startRuntime(there.url, { auth: { token: await there.token(user) } })
      const heard: string[] = []
      runtime.$socket.onAny((payload, { channelKey }) =>
        heard.push(`${channelKey} ${payload?.body?.items?.[0]?.text ?? ""}`),
      )
      await untilStatus(runtime, "connected")
      return heard
    }
    const [anna, ben] = await Promise.all([hear("anna"), hear("ben")])
    const headers = { "content-type": "application/json", authorization: `Bearer ${await here.token("anna")}` }
    const answer = await fetch(`${here.url}note`, { method: "POST", headers, body: JSON.stringify({ text: "mine" }) })
    expect(answer.status).toBe(201)
    await here.addTodo("for all")
    const isTold = (heard: string[]) => heard.some((event) => event.startsWith("todoCreated"))
    await until(() => isTold(anna) && isTold(ben))
    expect(anna).toContain("noteCreated mine")
    expect(ben.filter((event) => event.includes("mine"))).toEqual([])
  })

  it("share their events: every client gets all of them, in the same order", async () => {
    const nodes = await Promise.all([startNode(), startNode()])
    const people = await Promise.all(nodes.map((node) => listener(node.url, node)))
    const names = [...Array(40).keys()].map((n) => `todo ${n}`)
    await Promise.all(names.map((name, n) => nodes[n % 2]?.addTodo(name)))
    await until(() => people.every(({ heard }) => heard.length >= names.length))
    const [first, second] = people.map(({ heard }) => heard)
    expect(first).toEqual(second)
    expect([...(first ?? [])].sort()).toEqual([...names].sort())
  })

  it("replace each other: clients of a killed node miss no event, and get none twice", async () => {
    const [dying, living] = await Promise.all([startNode(), startNode()])
    const { proxy, url } = await openProxy(dying.url)
    const moving = await Promise.all([...Array(5)].map(() => listener(url, dying)))
    const staying = await listener(living.url, living)
    const people = [...moving, staying]
    await dying.addTodo("before")
    await until(() => people.every(({ heard }) => heard.length === 1))

    const names = [...Array(60).keys()].map((n) => `moving ${n}`)
    const moved = Promise.all(moving.map(({ runtime }) => untilStatus(runtime, "reconnecting")))
    for (const [n, name] of names.entries()) {
      if (n === 10) await dying.kill()
      if (n === 20) {
        await moved
        proxy.target = living.port
      }
      await living.addTodo(name)
    }
    await living.addTodo("after")
    await until(() => people.every(({ heard }) => heard.at(-1) === "after"))
    for (const { heard } of people) expect(heard).toEqual(["before", ...names, "after"])
    for (const { runtime } of moving) expect(runtime.$socket.recovered.value).toBe(true)
  })

  it("add nothing to the stream when a client connects, and still recover its session", async () => {
    const [dying, living] = await Promise.all([startNode(), startNode()])
    const { proxy, url } = await openProxy(dying.url)
    const { runtime, heard } = await listener(url, dying)
    const stream = new Redis(redis().url)
    onTestFinished(() => stream.disconnect())
    const entries = await stream.xrevrange("socket.io", "+", "-")
    expect(entries.filter(([, fields]) => fields.join().includes("raclette--connected"))).toEqual([])

    const moved = untilStatus(runtime, "reconnecting")
    await dying.kill()
    await moved
    await living.addTodo("Milk")
    proxy.target = living.port
    await until(() => heard.length > 0)
    expect(heard).toEqual(["Milk"])
    expect(runtime.$socket.recovered.value).toBe(true)
  })

  it("emit `raclette--tokenExpired` before they close the connection", async () => {
    const node = await startNode({ env: { TOKEN_LIFETIME: "3" } })
    const runtime = await startRuntime(node.url, { auth: { token: await node.token("anna") } })
    const heard: string[] = []
    runtime.$socket.onAny((_payload, { channelKey }) => heard.push(channelKey))
    await untilStatus(runtime, "connected")
    await until(() => runtime.$socket.status.value !== "connected")
    expect(heard).toEqual(["connected", "tokenExpired"])
  })

  it("send each other's events: after a crash, the other node sends the committed ones", async () => {
    const [dying, living] = await Promise.all([startNode({ failpoint: "after-commit" }), startNode()])
    const { heard } = await listener(living.url, living)
    await expect(dying.addTodo("Milk")).rejects.toThrow("fetch failed")
    await until(() => heard.length > 0)
    expect(heard).toEqual(["Milk"])
  })
})

describe("a node that hung", () => {
  /** Adds more entries to the stream than it holds, none of which clients receive. */
  async function fillStream(): Promise<void> {
    const admin = new Redis(redis().url)
    onTestFinished(() => admin.disconnect())
    const data = JSON.stringify({
      packet: { type: 2, data: ["noise"], nsp: "/" },
      opts: { rooms: ["nobody"], except: [] },
    })
    for (let round = 0; round < 12; round++) {
      const pipeline = admin.pipeline()
      for (let n = 0; n < 1000; n++) {
        pipeline.xadd("socket.io", "MAXLEN", "~", 10_000, "*", "uid", "test", "nsp", "/", "type", "3", "data", data)
      }
      await pipeline.exec()
    }
  }

  it("makes its clients refetch if the stream has lost entries, and no others", async () => {
    const [still, going] = (await Promise.all([startNode(), startNode()])) as [Backend, Backend]
    const [page, other] = await Promise.all([listener(still.url, still), listener(going.url, going)])
    await going.addTodo("before")
    await until(() => page.heard.includes("before") && other.heard.includes("before"))
    const anew = untilStatus(page.runtime, "reconnecting")
    process.kill(still.pid, "SIGSTOP")
    await going.addTodo("while it stood still")
    await fillStream()
    process.kill(still.pid, "SIGCONT")
    await anew
    await until(() => page.shown().includes("while it stood still"))
    expect(page.runtime.$socket.recovered.value).toBe(false)
    await going.addTodo("after")
    await until(() => page.heard.includes("after") && other.heard.includes("after"))
    expect(other.heard.slice(-3)).toEqual(["before", "while it stood still", "after"])
    const message =
      "This node hung while more events were sent than the Redis stream holds: disconnecting all clients, which reconnect and refetch"
    expect([still, going].map(({ log }) => log.filter((line) => line === message).length)).toEqual([1, 0])
  })

  it("sends its clients the missed events if the stream still has all of them", async () => {
    const [still, going] = (await Promise.all([startNode(), startNode()])) as [Backend, Backend]
    const page = await listener(still.url, still)
    const lost: string[] = []
    onTestFinished(page.runtime.$socket.status.subscribe((status) => lost.push(status)))
    process.kill(still.pid, "SIGSTOP")
    const names = [...Array(150).keys()].map((n) => `todo ${n}`)
    for (const name of names) await going.addTodo(name)
    process.kill(still.pid, "SIGCONT")
    await until(() => page.heard.length >= names.length)
    expect(page.heard).toEqual(names)
    expect(lost.filter((status) => status !== "connected")).toEqual([])
  })
})
