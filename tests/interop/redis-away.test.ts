// Redis fails under two running nodes: it restarts empty, its connections are cut, or it hangs. Each time requests are
// answered, clients get every committed change, the nodes reconnect to Redis by themselves, and the log reports it
// without repetition.
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redis } from "ioredis"
import { describe, expect, it, onTestFinished } from "vitest"
import type { Operation, Query, Runtime } from "../../js-glue"
import type { Payload } from "../../server-stub/raclette/types"
import todoConfig from "../../web/src/generated-config"
import type { Backend } from "../support/backend"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"
import { listener, useServices } from "./nodes"

const { startNode, redis, restartRedis } = useServices()

const AWAY =
  "The connection to Redis is lost: reconnecting. Until then events wait in the outbox, and RATE_LIMIT is off"
const BACK = "The connection to Redis is restored"

/** `env`: of the first. */
async function twoNodes(env: Record<string, string> = {}) {
  const nodes = (await Promise.all([startNode({ env }), startNode()])) as [Backend, Backend]
  const people = await Promise.all(nodes.map((node) => listener(node.url, node)))
  await nodes[0].addTodo("before")
  await until(() => people.every(({ heard }) => heard.includes("before")))
  const says = (message: string) => until(() => nodes.every(({ log }) => log.includes(message)))
  const countOf = (node: Backend, message: string) => node.log.filter((line) => line === message).length
  return { nodes, people, says, countOf }
}

/** A live list of a page at `url`: the names that it shows, and a read. */
async function liveList(url: string, token: string) {
  const runtime = await startRuntime(url, { plugins: [todoConfig], auth: { token } })
  const { getAll } = runtime.usePluginApi("pacifico__todo").$data.todo as Record<"getAll", Operation>
  const list: Query<{ name: string }> = getAll({ options: { immediate: true, live: true } })
  await untilStatus(runtime, "connected")
  return { shown: () => list.dataArr.value.map(({ name }) => name), read: () => list.execute() }
}

/** Names that no other test of the file uses. */
const names = (what: string, count: number) => [...Array(count).keys()].map((n) => `${what} ${n}`)

/** Resolves when events of each node reach both. */
async function expectShared(nodes: Backend[], people: { heard: string[] }[], name: string): Promise<void> {
  for (const [n, node] of nodes.entries()) await node.addTodo(`${name} ${n}`)
  await until(() => people.every(({ heard }) => heard.includes(`${name} 0`) && heard.includes(`${name} 1`)))
}

describe("Redis that ends and comes back empty", () => {
  it("keeps nobody waiting, and hides nothing for good from any client", async () => {
    const { nodes, people, says, countOf } = await twoNodes()
    await redis().stop()
    await says(AWAY)
    const kept = names("while Redis was away", 10)
    for (const [n, name] of kept.entries()) await nodes[n % 2]?.addTodo(name)
    for (const { url } of nodes) expect((await fetch(`${url}health`)).status).toBe(200)
    const late = await listener(nodes[0].url, nodes[0])
    await until(() => kept.every((name) => late.shown().includes(name)))
    expect(people.map(({ heard }) => heard.filter((name) => kept.includes(name)))).toEqual([[], []])

    const anew = people.map(({ runtime }) => untilStatus(runtime, "reconnecting"))
    await restartRedis()
    await Promise.all([says(BACK), ...anew])
    await until(() => people.every(({ shown }) => kept.every((name) => shown().includes(name))))
    await until(() => people.every(({ runtime }) => runtime.$socket.status.value === "connected"))
    expect(people.map(({ runtime }) => runtime.$socket.recovered.value)).toEqual([false, false])
    await expectShared(nodes, people, "after the restart")
    for (const node of nodes) {
      expect([countOf(node, AWAY), countOf(node, BACK)]).toEqual([1, 1])
      expect(node.log.length).toBeLessThan(8)
      expect(await node.stop()).toBe(0)
    }
  })

  it("sends no events after a gap before it makes clients refetch", async () => {
    const folder = await mkdtemp(join(tmpdir(), "raclette-"))
    onTestFinished(() => rm(folder, { recursive: true }))
    const release = join(folder, "release")
    const preload = new URL("../support/held-info.mjs", import.meta.url).href
    const { nodes, people, says } = await twoNodes({ RELEASE_INFO: release, NODE_OPTIONS: `--import ${preload}` })
    const [held, other] = people
    await redis().stop()
    await says(AWAY)
    const [anew, othersAnew] = people.map(({ runtime }) => untilStatus(runtime as Runtime, "reconnecting"))
    await restartRedis()
    await Promise.all([says(BACK), othersAnew])
    await until(() => other?.runtime.$socket.status.value === "connected")
    const after = names("after the gap", 20)
    for (const name of after) {
      await nodes[1].addTodo(name)
      await until(() => other?.heard.includes(name) ?? false)
    }
    expect([held?.runtime.$socket.status.value, held?.heard.filter((name) => after.includes(name))]).toEqual([
      "connected",
      [],
    ])
    await writeFile(release, "")
    await anew
    await until(() => after.every((name) => held?.shown().includes(name)))
    await until(() => held?.runtime.$socket.status.value === "connected")
    expect(held?.runtime.$socket.recovered.value).toBe(false)
    await expectShared(nodes, people, "after the gap was told")
  })

  it("lets nodes shut down gracefully while it is unreachable: their events are sent when it is back", async () => {
    const { nodes, people, says } = await twoNodes()
    await redis().stop()
    await says(AWAY)
    await nodes[1].addTodo("left behind")
    expect(await nodes[1].stop()).toBe(0)
    await restartRedis()
    await until(() => people[0]?.shown().includes("left behind") ?? false)
    expect(await nodes[0].stop()).toBe(0)
  })
})

describe("Redis whose connections are cut", () => {
  it("disconnects no client, and loses no event", async () => {
    const { nodes, people, says } = await twoNodes()
    const lost: string[] = []
    for (const { runtime } of people) onTestFinished(runtime.$socket.status.subscribe((status) => lost.push(status)))
    const admin = new Redis(redis().url)
    onTestFinished(() => admin.disconnect())
    const cut = names("while it was cut", 10)
    for (const [n, name] of cut.entries()) {
      if (n % 4 === 1) await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      await nodes[n % 2]?.addTodo(name)
    }
    await says(BACK)
    await until(() => people.every(({ heard }) => cut.every((name) => heard.includes(name))))
    await expectShared(nodes, people, "after the cut")
    expect(lost.filter((status) => status !== "connected")).toEqual([])
  })
})

describe("live lists", () => {
  it("show the database's rows after outages with creations, updates and deletions, and their order after a read", async () => {
    const { nodes, says } = await twoNodes()
    const token = await nodes[0].token("anna")
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const ask = async (n: number, method: string, path: string, body?: object) => {
      const answer = await fetch(`${nodes[n % 2]?.url}${path}`, {
        method,
        headers: body ? headers : { authorization: headers.authorization },
        ...(body && { body: JSON.stringify(body) }),
      })
      return ((await answer.json()) as Payload<{ _id: string; name: string }>).body.items
    }
    const lists = await Promise.all(nodes.map((node) => liveList(node.url, token)))
    const admin = new Redis(redis().url)
    onTestFinished(() => admin.disconnect())
    for (const [n, name] of names("made meanwhile", 30).entries()) {
      if (n % 7 === 1) await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      const [made] = await ask(n, "POST", "todo", { name })
      if (n % 3 === 0) await ask(n + 1, "DELETE", `todo/${made?._id}`)
      if (n % 3 === 1) await ask(n + 1, "PATCH", `todo/${made?._id}`, { name: `${name}, changed` })
    }
    await says(BACK)
    const there = (await ask(0, "GET", "todo/all")).map(({ name }) => name)
    for (const { shown, read } of lists) {
      await expect.poll(() => shown().sort()).toEqual(there.toSorted())
      await read()
      expect(shown()).toEqual(there)
    }
  })
})

describe("Redis that stands still", () => {
  it("delays no request for long, and events are sent when it continues", async () => {
    const { nodes, people, says } = await twoNodes()
    redis().signal("SIGSTOP")
    const asked = performance.now()
    await nodes[0].addTodo("asked when it stood still")
    // A login and a todo, each of which is counted there.
    expect(performance.now() - asked).toBeLessThan(6000)
    await says(AWAY)
    const again = performance.now()
    for (const name of names("while it stood still", 10)) await nodes[1].addTodo(name)
    expect(performance.now() - again).toBeLessThan(2000)
    redis().signal("SIGCONT")
    const all = ["asked when it stood still", ...names("while it stood still", 10)]
    await until(() => people.every(({ heard }) => all.every((name) => heard.includes(name))))
    await expectShared(nodes, people, "after the stillness")
  })
})
