// One start, with the duration of each step in ms, in a page or process that has loaded nothing yet.

/** What is started: our package, the peer stack, or only the core's compilation. */
export type Subject = "ours" | "peers" | "compile"

type Ours = typeof import("./ours")
type Peers = typeof import("./peers")

const URL_OF_BACKEND = "http://bench.test"

/** Starts `subject`, whose bundle is at `script`, and checks that it works. */
export async function sample(subject: Subject, script: string, wasmUrl: string): Promise<Record<string, number>> {
  if (subject === "compile") return compile(wasmUrl)
  return subject === "ours" ? startOurs(script, wasmUrl) : startPeers(script)
}

async function compile(wasmUrl: string) {
  const start = performance.now()
  if (!wasmUrl.startsWith("file:")) await WebAssembly.compileStreaming(fetch(wasmUrl))
  else await WebAssembly.compile(await process.getBuiltinModule("node:fs/promises").readFile(new URL(wasmUrl)))
  return { compile: performance.now() - start }
}

async function startOurs(script: string, wasmUrl: string) {
  const start = performance.now()
  const { createRuntime } = (await import(script)) as Ours
  const imported = performance.now()
  const options = {
    url: URL_OF_BACKEND,
    plugins: [{ pluginName: "app", author: "bench", pluginKey: "bench__app", data: {} }],
    socket: { autoConnect: false },
    wasm: { url: wasmUrl },
    WebSocket: class {},
  }
  const first = await createRuntime(options)
  const ready = performance.now()
  const second = await createRuntime(options)
  const end = performance.now()
  for (const runtime of [first, second]) {
    let heard = 0
    runtime.$eventbus.on("ui/*", () => heard++)
    runtime.$eventbus.emit("ui/open")
    if (heard !== 1) throw new Error("The runtime received no event")
  }
  return { import: imported - start, make: ready - imported, total: ready - start, second: end - ready }
}

async function startPeers(script: string) {
  const start = performance.now()
  const { makeStack } = (await import(script)) as Peers
  const imported = performance.now()
  const { bus, client, http, socket } = makeStack(URL_OF_BACKEND)
  const ready = performance.now()
  let heard = 0
  bus.on("ui/*", () => heard++)
  bus.emit("ui/open")
  if (heard !== 1 || socket.connected || !client.getQueryCache() || !http.get)
    throw new Error("The stack of peers received no event")
  return { import: imported - start, make: ready - imported, total: ready - start }
}
