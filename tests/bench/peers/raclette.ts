// Creates runtimes for the bench: the built package on the fake WebSocket, with a backend of one plugin.

import { createRuntime, memoryStorage, type PluginConfig, type Runtime } from "raclette-wasm"
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

/** A runtime that is not connected. */
export function makeRuntime({ wasmUrl }: Platform, { plugins = [config], fetch }: RacletteOptions = {}) {
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
  while (runtime.$socket.status.value !== "connected") await new Promise((resolve) => setTimeout(resolve))
  return { runtime, socket }
}
