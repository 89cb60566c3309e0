// Creates runtimes for the bench: a build of the package on the fake WebSocket, with a backend of one plugin. The
// platform says which build. An earlier one may lack what this file calls, which is an error that names it.

import type { PluginConfig, Runtime } from "raclette-wasm"
import type { Platform } from "../harness/cases"
import { FakeWebSocket } from "./fake-socket"

export const PLUGIN = "bench__app"
const PREFIX = `plugin_${PLUGIN}`

/** The name on the wire of one of the plugin's channels. */
export const channelOf = (key: string) => `${PREFIX}--${key}`

const channel = (key: string) => ({ channel: channelOf(key), channelKey: key, prefix: PREFIX })

export const config: PluginConfig = {
  pluginName: "app",
  author: "bench",
  pluginKey: PLUGIN,
  data: {
    item: {
      type: "item",
      operations: {
        getAll: { target: "/item/all", method: "GET" },
        get: { target: "/item/:_id", method: "GET" },
        update: { target: "/item/:_id", method: "PATCH", channels: [channel("itemUpdated")] },
      },
    },
    other: { type: "other", operations: { get: { target: "/other/:_id", method: "GET" } } },
  },
}

export interface RacletteOptions {
  plugins?: PluginConfig[]
  fetch?: typeof fetch
}

/** The functions of the package that the bench calls. */
const NEEDED = ["createRuntime", "memoryStorage"] as const
type Package = Pick<typeof import("raclette-wasm"), (typeof NEEDED)[number]>

/** How often a runtime is asked whether it is connected. */
const MOST_TURNS = 1000

async function load(script: string): Promise<Package> {
  const module = (await import(script)) as Partial<Package>
  const missing = NEEDED.filter((name) => typeof module[name] !== "function")
  if (missing.length > 0) throw new Error(`this version has no ${missing.map((name) => `${name}()`).join(" and no ")}`)
  return module as Package
}

/** A runtime that is not connected. */
export async function makeRuntime(
  { script, wasmUrl }: Platform,
  { plugins = [config], fetch }: RacletteOptions = {},
): Promise<Runtime> {
  const { createRuntime, memoryStorage } = await load(script)
  return createRuntime({
    url: "http://bench.test",
    plugins,
    wasm: { url: wasmUrl },
    WebSocket: FakeWebSocket,
    storage: memoryStorage(),
    log: { sink() {} },
    onError: (error) => {
      throw new Error(`${error.code}: ${error.message}`)
    },
    socket: { autoConnect: false, transports: ["websocket"] },
    ...(fetch && { fetch }),
  })
}

export interface Connected {
  runtime: Runtime
  socket: FakeWebSocket
}

/** A connected runtime. */
export async function connectRuntime(platform: Platform, options?: RacletteOptions): Promise<Connected> {
  const runtime = await makeRuntime(platform, options)
  runtime.connect()
  const socket = FakeWebSocket.last as FakeWebSocket
  for (let turns = 0; runtime.$socket.status.value !== "connected"; turns++) {
    if (turns === MOST_TURNS) throw new Error(`the socket is ${runtime.$socket.status.value}, not connected`)
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { runtime, socket }
}
