// docs/from-socket.io-client.md: both columns of each row run against one socket.io server, with socket.io-client and
// with a runtime, and have the same effect. Both compile.
import { once } from "node:events"
import type { Server, Socket } from "socket.io"
import { io, Manager, type Socket as Original } from "socket.io-client"
import { expect, it, onTestFinished } from "vitest"
import type { RuntimeOptions } from "../../js-glue"
import { codeBlocks, compile, migrationRows, ready } from "../support/migration"
import { until } from "../support/until"
import { startRuntime, startServer, untilStatus } from "./harness"
import { losses, type Scenario, type Side, scenarios } from "./socket-scenarios"

const page = "from-socket.io-client.md"
const rows = await migrationRows(page, ["socket.io-client", "raclette-wasm"])
const { ts: example } = await codeBlocks(page)
const quick = { reconnectionDelay: 10, reconnectionDelayMax: 20 }

/** A server that responds, records events, and reports connections. */
async function makeServer({ server: options = {}, prepare }: Scenario) {
  const { io: server, url, kill } = await startServer(options)
  const told: unknown[][] = []
  const peers: Socket[] = []
  for (const space of [server.of("/"), server.of("/admin")]) {
    space.on("connection", (peer) => {
      peers.push(peer)
      peer.onAny((event, ...args) => told.push([event, ...args]))
      peer.on("add", (a: number, b: number, answer: (sum: number) => void) => answer(a + b))
      peer.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value))
      peer.on("join", async (room: string, answer: (rooms: string[]) => void) => {
        await peer.join(room)
        answer([...peer.rooms].slice(1))
      })
    })
  }
  prepare?.(server)
  return { server, url, kill, told, peers }
}

type Made = Awaited<ReturnType<typeof makeServer>>

/** The environment of a scenario, with either client. */
function common({ server, kill, told, peers }: Made, heard: unknown[][]) {
  return {
    heard,
    told,
    peers,
    server: server as Server,
    kill,
    /** The newest session, once there are so many. */
    async peer(count = 1) {
      await until(() => peers.length >= count)
      return peers.at(-1) as Socket
    },
  }
}

async function original(code: string, scenario: Scenario): Promise<Side> {
  const made = await makeServer(scenario)
  const heard: unknown[][] = []
  const opened: Original[] = []
  const open = (...args: Parameters<typeof io>) => {
    const socket = io(...args)
    opened.push(socket)
    return socket
  }
  onTestFinished(() => {
    for (const socket of opened) socket.disconnect()
  })
  const socket = open(made.url, { ...quick, forceNew: true, autoConnect: false, ...scenario.client } as object)
  if (!scenario.apart) {
    socket.connect()
    await once(socket as never, "connect")
  }
  const show = (...args: unknown[]) => void heard.push(args)
  const names = { io: open, Manager, socket, url: made.url, token: "t", show }
  return {
    ...common(made, heard),
    run: await ready(code, names),
    connect: () => void socket.connect(),
    disconnect: () => void socket.disconnect(),
    whyLost: () => new Promise((resolve) => socket.once("disconnect", resolve)),
    ask: (value) => socket.emitWithAck("echo", value),
  }
}

async function ours(code: string, scenario: Scenario): Promise<Side> {
  const made = await makeServer(scenario)
  const heard: unknown[][] = []
  const create = ({ url, ...options }: RuntimeOptions) => startRuntime(url as string, options)
  const { auth, ...client } = scenario.client ?? {}
  const options = { ...quick, autoConnect: false, ...client }
  const runtime = await create({ url: made.url, socket: options, ...(auth && { auth }) })
  if (!scenario.apart) {
    runtime.connect()
    await untilStatus(runtime, "connected")
  }
  const { $socket } = runtime
  const show = (...args: unknown[]) => void heard.push(args)
  const api = runtime.usePluginApi("page")
  const names = { createRuntime: create, runtime, $socket, api, url: made.url, token: "t", show }
  return {
    ...common(made, heard),
    run: await ready(code, names),
    connect: () => runtime.connect(),
    disconnect: () => runtime.disconnect(),
    async whyLost() {
      await new Promise<void>((resolve) => {
        $socket.status.subscribe((status) => status !== "connected" && resolve())
      })
      return $socket.reason.value?.code
    },
    ask: (value) => $socket.emitWithAck("echo", value),
  }
}

it("each row has a scenario, and each scenario a row", () => {
  expect(Object.keys(scenarios)).toEqual(rows.map(({ what }) => what))
})

it.each(rows)("$what", async ({ what, before, now }) => {
  const scenario = scenarios[what] as Scenario
  expect(await scenario.act(await original(before, scenario)), before).toEqual(scenario.outcome)
  expect(await scenario.act(await ours(now, scenario)), now).toEqual(scenario.outcome)
})

it.each(await migrationRows(page, ["reason", "code"]))("it is lost: $what", async ({ what, before, now }) => {
  const scenario = losses[what] as Scenario
  expect(await scenario.act(await original("0", scenario))).toBe(before)
  expect(await scenario.act(await ours("0", scenario))).toBe(now)
})

it("the example in front connects", async () => {
  const scenario: Scenario = { apart: true, act: (side) => side.run() }
  const side = await ours(`${example}; return api.pluginKey`, scenario)
  expect(await side.run()).toBe("page")
  expect((await side.peer()).handshake.auth).toEqual({ token: "t" })
})

it("all of it passes the compiler", async () => {
  const declarations = `
    import { io, Manager, type Socket } from "socket.io-client"
    import { createRuntime, type PluginApi, type Runtime } from "raclette-wasm"
    declare const url: string, token: string, socket: Socket, runtime: Runtime, api: PluginApi
    declare const show: (...args: unknown[]) => void
    const { $socket } = runtime
    export { $socket, Manager }`
  const parts = [...rows.flatMap(({ before, now }) => [before, now]), `${example}; return [api, $socket]`]
  expect(await compile(page, declarations, parts)).toBe("")
})
