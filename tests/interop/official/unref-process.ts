// A program of node.test.ts: a client that must, or must not, keep the process alive after a short timer.
//   node --import tsx unref-process.ts <official | raclette> <url> <unref | ref>
import { io } from "socket.io-client"
import { WebSocket } from "ws"
import type { createRuntime as CreateRuntime, TimersDriver } from "../../../js-glue"

const [client, url = "", how] = process.argv.slice(2)

/** How a program hands in a connection and timers that keep no process. */
class UnrefWebSocket extends WebSocket {
  constructor(address: string) {
    super(address, {
      finishRequest(request) {
        request.once("socket", (socket) => socket.unref())
        request.end()
      },
    })
  }
}
const timers: TimersDriver = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  set: (callback, ms) => setTimeout(callback, Math.min(ms, 2 ** 31 - 1)).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

const autoUnref = how === "unref"
if (client === "official") io(url, { autoUnref, transports: ["websocket"] })
else {
  const built = new URL("../../../dist/index.js", import.meta.url).href
  const { createRuntime } = (await import(built)) as { createRuntime: typeof CreateRuntime }
  await createRuntime({ url, ...(autoUnref ? { WebSocket: UnrefWebSocket, timers } : { WebSocket }) })
}
setTimeout(() => console.log("the timer has fired"), 300)
