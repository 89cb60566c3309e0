// The pair harness of the binding: a runtime on the compiled core with fake drivers. The test moves the clock, scripts
// the server and answers requests.
import { readFileSync } from "node:fs"
import { assembleRuntime } from "../../js-glue/api/create-runtime"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { PluginConfig, Runtime, RuntimeOptions, TransportName } from "../../js-glue/types"
import type { Drivers } from "../../js-glue/types/drivers"

export const wasm = { bytes: readFileSync(new URL("../../build/wasm/raclette.wasm", import.meta.url)) }

/** The time of the fake machine's clock, in milliseconds since 1970. */
const WALL = Date.UTC(2026, 3, 21, 17, 30, 40, 615) + new Date(2026, 3, 21).getTimezoneOffset() * 60000

const YEAST = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

/** The offset that Socket.IO's in-memory adapter writes `n` milliseconds after the fake machine's time. */
export function offset(n: number): string {
  let text = ""
  for (let left = WALL + n; left > 0; left = Math.floor(left / 64)) text = YEAST.charAt(left % 64) + text
  return text
}

/** One connection that the runtime opened. */
export interface FakeConnection {
  name: TransportName
  url: string
  sent: (string | Uint8Array | Blob)[]
  open: boolean
  opened(): void
  text(frame: string): void
  binary(frame: ArrayBuffer): void
  paused(): void
  closed(detail: string): void
}

/** One request that the runtime made. */
export interface FakeRequest {
  method: string
  url: string
  headers: Headers
  body: string | undefined
  init: RequestInit
  aborted: boolean
  isStream: boolean
  answered(status: number, body?: unknown, retryAfter?: number, over?: Promise<void>, commit?: number): void
  malformed(status: number, text: string, retryAfter?: number): void
  failed(detail: string): void
}

export class FakePlatform {
  now = 1000
  /** Milliseconds by which the machine's clock went on while the timers' clock stood still. */
  slept = 0
  readonly connections: FakeConnection[] = []
  readonly requests: FakeRequest[] = []
  readonly timers = new Map<number, { at: number; callback: () => void }>()
  /** Reports an event of the page to the runtime. */
  life: Parameters<Drivers["watchLifecycle"]>[0] = () => {}
  /** The driver of turns with other pages. Default: none. */
  acquireLock: Drivers["acquireLock"]
  #nextTimer = 1

  get connection(): FakeConnection {
    const last = this.connections.at(-1)
    if (!last) throw new Error("no connection was opened")
    return last
  }

  /** The oldest unanswered request. */
  request(): FakeRequest {
    const first = this.requests[0]
    if (!first) throw new Error("no request is open")
    return first
  }

  /** Moves the clock; timers fire at their own time. */
  advance(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0]
      if (!due) break
      this.timers.delete(due[0])
      this.now = Math.max(this.now, due[1].at)
      due[1].callback()
    }
    this.now = end
  }

  readonly drivers: Omit<Drivers, "storage"> = {
    openTransport: (name, url, events) => {
      const connection: FakeConnection = { name, url, sent: [], open: true, ...events }
      this.connections.push(connection)
      return {
        sendText: (text) => connection.sent.push(text),
        sendBinary: (bytes) => connection.sent.push(bytes),
        pause() {},
        identify() {},
        close: () => {
          connection.open = false
        },
      }
    },
    watchLifecycle: (tell) => {
      this.life = tell
      return () => {
        this.life = () => {}
      }
    },
    startFetch: (request, events) => {
      const take = () => this.requests.splice(this.requests.indexOf(fake), 1)
      const end = (tell: () => void) => {
        take()
        tell()
      }
      const fake: FakeRequest = {
        ...request,
        headers: new Headers(request.headers),
        aborted: false,
        answered: (status, body, retryAfter = 0, over, commit = 0) =>
          end(() => events.answered(status, body, { retryAfter, commit, ...(over && { over }) })),
        malformed: (status, text, retryAfter) => end(() => events.malformed(status, text, retryAfter)),
        failed: (detail) => end(() => events.failed(detail)),
      }
      this.requests.push(fake)
      return () => {
        fake.aborted = true
        if (this.requests.includes(fake)) take()
      }
    },
    timers: {
      now: () => this.now,
      wallClock: () => WALL + this.slept,
      set: (callback, ms) => {
        const id = this.#nextTimer++
        this.timers.set(id, { at: this.now + Math.max(ms, 0), callback })
        return id
      },
      clear: (id) => void this.timers.delete(id as number),
    },
  }
}

/** Runs the callbacks of promises that are already settled. */
export async function flush(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

export const todoConfig: PluginConfig = {
  pluginName: "todo",
  author: "pacifico",
  pluginKey: "pacifico__todo",
  routePrefix: "",
  data: {
    todo: {
      type: "todo",
      operations: {
        getAll: { target: "/todo/all", method: "get" },
        get: { target: "/todo/:_id", method: "get" },
        create: {
          target: "/todo",
          method: "post",
          channels: [
            {
              channel: "plugin_pacifico__todo--todoCreated",
              channelKey: "todoCreated",
              prefix: "plugin_pacifico__todo",
            },
          ],
        },
        update: { target: "/todo/{_id}", method: "PATCH" },
        delete: { target: "/todo/:_id", method: "delete" },
        part: { target: ({ _id, part }) => `/todo/${_id}/${part}`, method: "get" },
      },
    },
  },
}

/** A runtime on a fake platform, not yet connected. `options.storage`: an earlier runtime's, as after a reload. */
export async function makeRuntime(
  options: RuntimeOptions = {},
  platform = new FakePlatform(),
): Promise<{ runtime: Runtime; platform: FakePlatform; errors: { code: string; message: string }[] }> {
  const errors: { code: string; message: string }[] = []
  const { storage = memoryStorage() } = options
  const runtime = await assembleRuntime(
    {
      url: "http://backend.test",
      plugins: [todoConfig],
      wasm,
      log: { sink() {} },
      onError: (error) => errors.push(error),
      ...options,
      socket: { autoConnect: false, transports: ["websocket"], ...options.socket },
    },
    {
      ...platform.drivers,
      storage: typeof storage === "function" ? storage : () => storage,
      acquireLock: platform.acquireLock,
    },
  )
  return { runtime, platform, errors }
}

export const HANDSHAKE = '0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'

/** Connects a runtime completely, or lets it reconnect. */
export async function connect(runtime: Runtime, platform: FakePlatform): Promise<FakeConnection> {
  runtime.connect()
  return accept(platform, "s1")
}

/** Accepts the last connection, as the server. */
export async function accept({ connection }: FakePlatform, sid: string): Promise<FakeConnection> {
  connection.opened()
  connection.text(HANDSHAKE)
  await flush()
  connection.text(`40{"sid":"${sid}"}`)
  return connection
}

/** An event of the todo plugin, as a frame. */
export function eventFrame(key: string, ...args: unknown[]): string {
  return `42${JSON.stringify([`plugin_pacifico__todo--${key}`, ...args])}`
}
