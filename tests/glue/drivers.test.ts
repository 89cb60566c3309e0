// The built-in drivers against real local servers: what they report, and that they report nothing after `close()`.
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { WebSocket, WebSocketServer } from "ws"
import { startFetch } from "../../js-glue/drivers/fetch"
import { platformTimers } from "../../js-glue/drivers/timers"
import { openWebSocket } from "../../js-glue/drivers/websocket"
import type { AnswerDetails, Transport, TransportOptions } from "../../js-glue/types/drivers"
import { until } from "../support/until"

async function socketServer(): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  await once(server, "listening")
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Opens a transport and records its events. `untilEvent(name)` resolves after the event `name`. */
function open(url: string, WebSocketClass: unknown = WebSocket, options: TransportOptions = {}) {
  const told: unknown[][] = []
  const waiting = new Map<string, () => void>()
  const tell =
    (name: string) =>
    (...args: unknown[]) => {
      told.push([name, ...args])
      waiting.get(name)?.()
    }
  const events = {
    opened: tell("opened"),
    text: tell("text"),
    binary: tell("binary"),
    paused: tell("paused"),
    closed: tell("closed"),
  }
  const transport: Transport = openWebSocket(WebSocketClass, url, options, events)
  onTestFinished(() => transport.close())
  const untilEvent = (name: string) => new Promise<void>((resolve) => waiting.set(name, resolve))
  return { told, untilEvent, transport }
}

describe("the fetch driver", () => {
  it("passes plain headers to the user's fetch, which may add to them", async () => {
    const headers = { accept: "application/json", authorization: "Bearer t" }
    const seen: RequestInit[] = []
    const user = async (_url: unknown, init: RequestInit = {}) => {
      seen.push({ ...init, headers: { ...(init.headers as object), "x-tenant": "7" } })
      return new Response("{}")
    }
    const request = { method: "GET", url: "http://x.test/", headers, body: undefined, init: {}, isStream: false }
    await new Promise<void>((resolve, reject) => {
      startFetch(user as typeof fetch, request, { answered: () => resolve(), malformed: reject, failed: reject })
    })
    expect(seen[0]?.headers).toEqual({ ...headers, "x-tenant": "7" })
  })
})

describe("the WebSocket driver", () => {
  it("receives and sends text and binary frames", async () => {
    const { server, url } = await socketServer()
    const connected = once(server, "connection") as Promise<[WebSocket]>
    const { told, untilEvent, transport } = open(url)
    await untilEvent("opened")
    const [peer] = await connected
    const received: unknown[] = []
    peer.on("message", (data: Buffer, isBinary) => received.push(isBinary ? [...data] : data.toString()))
    peer.send("2")
    peer.send(new Uint8Array([1, 2]))
    await untilEvent("binary")
    const [, [, text], [, binary]] = told as [unknown, [string, string], [string, ArrayBuffer]]
    expect(text).toBe("2")
    expect(binary).toBeInstanceOf(ArrayBuffer)
    expect([...new Uint8Array(binary)]).toEqual([1, 2])
    transport.sendText("3")
    transport.sendBinary(new Uint8Array([9]))
    await until(() => received.length === 2)
    expect(received).toEqual(["3", [9]])
  })

  it("reports the end once, with the server's reason", async () => {
    const { server, url } = await socketServer()
    const connected = once(server, "connection") as Promise<[WebSocket]>
    const { told, untilEvent } = open(url)
    await untilEvent("opened")
    ;(await connected)[0].close(1001, "going away")
    await untilEvent("closed")
    expect(told).toEqual([["opened"], ["closed", "going away"]])
  })

  it("treats an error before it is open as its end: Node 22 reports nothing else", async () => {
    class Silent extends EventTarget {
      onerror: ((event: object) => void) | null = null
      onclose: ((event: object) => void) | null = null
      onopen: (() => void) | null = null
      readyState = 0
      close() {}
    }
    const sockets: Silent[] = []
    const made = class extends Silent {
      constructor() {
        super()
        sockets.push(this)
      }
    }
    const { told } = open("ws://127.0.0.1:1/", made)
    sockets[0]?.onerror?.({ message: "Received network error or non-101 status code." })
    sockets[0]?.onclose?.({ code: 1006, reason: "" })
    expect(told).toEqual([["closed", "Received network error or non-101 status code."]])
    const second = open("ws://127.0.0.1:1/", made)
    sockets[1]?.onerror?.({})
    expect(second.told).toEqual([["closed", "the WebSocket could not be opened"]])
    const third = open("ws://127.0.0.1:1/", made)
    sockets[2]?.onopen?.()
    sockets[2]?.onerror?.({ message: "broken" })
    expect(third.told).toEqual([["opened"]])
    sockets[2]?.onclose?.({ code: 1006, reason: "" })
    expect(third.told).toEqual([["opened"], ["closed", "broken"]])
  })

  it("reports a message that cannot be sent as its end", async () => {
    const { url } = await socketServer()
    class Refusing extends WebSocket {
      override send() {
        throw new TypeError("not that")
      }
    }
    const { told, untilEvent, transport } = open(url, Refusing)
    await untilEvent("opened")
    transport.sendText("3")
    await untilEvent("closed")
    expect(told).toEqual([["opened"], ["closed", "not that"]])
  })

  it("reports why it could not open", async () => {
    const { told, untilEvent } = open("ws://127.0.0.1:1/")
    await untilEvent("closed")
    expect(told).toEqual([["closed", expect.stringContaining("ECONNREFUSED")]])
  })

  it("reports a constructor that throws, asynchronously", async () => {
    class Refuses {
      constructor() {
        throw new Error("blocked by policy")
      }
    }
    const { told, untilEvent, transport } = open("ws://127.0.0.1:1/", Refuses)
    expect(told).toEqual([])
    await untilEvent("closed")
    expect(told).toEqual([["closed", "blocked by policy"]])
    transport.sendText("x")
    transport.sendBinary(new Uint8Array())
  })

  it("reports nothing after close, also while it was opening", async () => {
    const { server, url } = await socketServer()
    const early = open(url)
    early.transport.close()
    const connected = once(server, "connection") as Promise<[WebSocket]>
    const late = open(url)
    await late.untilEvent("opened")
    const [peer] = await connected
    const gone = once(peer, "close")
    peer.send("2")
    late.transport.close()
    late.transport.sendText("after")
    await gone
    expect(early.told).toEqual([])
    expect(late.told).toEqual([["opened"]])
  })
})

describe("the fetch driver", () => {
  /** The remaining fields of a response that has only a status and a body. */
  const silent: AnswerDetails = { retryAfter: 0, commit: 0 }

  async function ask(answer: (request: IncomingMessage, response: ServerResponse) => void, init: RequestInit = {}) {
    const server = createServer(answer).listen(0, "127.0.0.1")
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
    return outcome(url, init)
  }

  function outcome(url: string, init: RequestInit = {}, fetchFunction = fetch): Promise<unknown[]> {
    return new Promise((resolve) => {
      startFetch(
        fetchFunction,
        { method: "POST", url, headers: { "x-a": "1" }, body: '{"n":1}', init, isStream: false },
        {
          answered: (...args) => resolve(["answered", ...args]),
          malformed: (...args) => resolve(["malformed", ...args]),
          failed: (...args) => resolve(["failed", ...args]),
        },
      )
    })
  }

  it("sends method, headers and body, and parses the response", async () => {
    const told = await ask(async (request, response) => {
      let body = ""
      for await (const chunk of request) body += chunk
      response.end(JSON.stringify({ method: request.method, a: request.headers["x-a"], body }))
    })
    expect(told).toEqual(["answered", 200, { method: "POST", a: "1", body: '{"n":1}' }, silent])
  })

  it("reports a status with its body, and an empty body as none", async () => {
    expect(await ask((_request, response) => response.writeHead(409).end('{"message":"taken"}'))).toEqual([
      "answered",
      409,
      { message: "taken" },
      silent,
    ])
    expect(await ask((_request, response) => response.writeHead(204).end())).toEqual([
      "answered",
      204,
      undefined,
      silent,
    ])
  })

  it("reports a response that is not JSON as text", async () => {
    expect(await ask((_request, response) => response.end("<html>"))).toEqual(["malformed", 200, "<html>", 0])
  })

  it.each([
    ["seconds", () => "4", 4000],
    ["a date", () => new Date(Date.now() + 60_000).toUTCString(), 60_000],
    ["a date that is over", () => "Fri, 31 Dec 1999 23:59:59 GMT", 0],
    ["nothing that can be read", () => "soon", 0],
    ["less than nothing", () => "-1", 0],
  ])("tells how long the server wants no more, as %s", async (_name, makeValue, pause) => {
    const told = await ask((_request, response) => response.writeHead(503, { "retry-after": makeValue() }).end("{}"))
    expect(told.slice(0, 3)).toEqual(["answered", 503, {}])
    expect(Math.abs(Number((told[3] as AnswerDetails).retryAfter) - pause)).toBeLessThan(2000)
  })

  it("reports the backend's commit number of a response", async () => {
    const told = await ask((_request, response) =>
      response.writeHead(200, { "raclette-commit": "1764144000000007" }).end(),
    )
    expect(told).toEqual(["answered", 200, undefined, { retryAfter: 0, commit: 1764144000000007 }])
  })

  it("reports a network failure, and a body that was cut off", async () => {
    expect(await outcome("http://127.0.0.1:1/")).toEqual(["failed", expect.any(String)])
    const cut = await ask((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{")
      setImmediate(() => response.destroy())
    })
    expect(cut).toEqual(["failed", expect.any(String)])
  })

  it("passes on the user's init, except the method and the signal", async () => {
    const fetchFunction = vi.fn(async () => new Response("{}"))
    const init: RequestInit = { credentials: "include", method: "GET", signal: AbortSignal.abort() }
    expect(await outcome("http://x.test/", init, fetchFunction as never)).toEqual(["answered", 200, {}, silent])
    expect(fetchFunction).toHaveBeenCalledWith(
      "http://x.test/",
      expect.objectContaining({ method: "POST", credentials: "include" }),
    )
  })

  /** A response body that never ends, and a promise that resolves when it is over. */
  async function stream() {
    const server = createServer((_request, response) => void response.write("first")).listen(0, "127.0.0.1")
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const request = { method: "GET", url, headers: {}, body: undefined, init: {}, isStream: true }
    let abort = () => {}
    const [body, over] = await new Promise<[ReadableStream, Promise<void>]>((resolve, reject) => {
      const answered = (_status: number, body: unknown, more?: AnswerDetails) =>
        resolve([body as ReadableStream, more?.over as Promise<void>])
      abort = startFetch(fetch, request, { answered, malformed: reject, failed: reject })
    })
    return { reader: body.getReader(), over, abort }
  }

  it("passes on a body as a stream, aborts it, and reports its end", async () => {
    const { reader, over, abort } = await stream()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first")
    const rest = reader.read()
    abort()
    await expect(rest).rejects.toMatchObject({ name: "AbortError" })
    await expect(over).resolves.toBeUndefined()
    const other = await stream()
    await other.reader.cancel()
    await expect(other.over).resolves.toBeUndefined()
  })

  it("creates a signal only for a fetch that reads it, one for each request", async () => {
    const made = vi.fn()
    const Counted = class extends AbortController {
      constructor() {
        super()
        made()
      }
    }
    vi.stubGlobal("AbortController", Counted)
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(await outcome("http://x.test/", {}, (async () => new Response("{}")) as typeof fetch)).toContain(200)
    expect(made).not.toHaveBeenCalled()
    const signals: unknown[] = []
    const reading = async (_url: unknown, init: RequestInit = {}) => {
      signals.push(init.signal, { ...init }.signal)
      return new Response("{}")
    }
    await outcome("http://x.test/", {}, reading as typeof fetch)
    expect(made).toHaveBeenCalledTimes(1)
    expect(signals[0]).toBeInstanceOf(AbortSignal)
    expect(signals[0]).toBe(signals[1])
  })

  it("gives an aborted signal to a fetch that reads it late, and lets a fetch replace it", async () => {
    let abort = () => {}
    const signals: unknown[] = []
    const over = new Promise<void>((resolve) => {
      const late = async (_url: unknown, init: RequestInit) => {
        await undefined
        signals.push(init.signal?.aborted)
        init.signal = AbortSignal.any([])
        signals.push(init.signal.aborted, { ...init }.signal?.aborted)
        resolve()
        return new Response("{}")
      }
      const request = { method: "GET", url: "http://x.test/", headers: {}, body: undefined, init: {}, isStream: false }
      const told = vi.fn()
      abort = startFetch(late as never, request, { answered: told, malformed: told, failed: told })
    })
    abort()
    await over
    expect(signals).toEqual([true, false, false])
  })

  it("reports nothing after it was aborted", async () => {
    let signal: AbortSignal | null | undefined
    let finish: (response: Response) => void = () => {}
    const fetchFunction = (_url: unknown, init: RequestInit) => {
      signal = init.signal
      return new Promise<Response>((resolve) => {
        finish = resolve
      })
    }
    const told = vi.fn()
    const abort = startFetch(
      fetchFunction as never,
      { method: "GET", url: "http://x.test/", headers: {}, body: undefined, init: {}, isStream: false },
      { answered: told, malformed: told, failed: told },
    )
    abort()
    expect(signal?.aborted).toBe(true)
    finish(new Response("{}"))
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).not.toHaveBeenCalled()
  })
})

describe("the timers driver", () => {
  it("never passes setTimeout a delay that it would treat as 0", () => {
    const set = vi.spyOn(globalThis, "setTimeout").mockReturnValue(0 as never)
    platformTimers.set(() => {}, Number.POSITIVE_INFINITY)
    platformTimers.set(() => {}, 2 ** 40)
    platformTimers.set(() => {}, -5)
    expect(set.mock.calls.map(([, delay]) => delay)).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 0])
    set.mockRestore()
  })

  it("never fires early under fake timers, which cut off fractions", () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const end = platformTimers.now() + 10.5
    const fired: boolean[] = []
    platformTimers.set(() => fired.push(platformTimers.now() >= end), end - platformTimers.now())
    vi.runAllTimers()
    expect(fired).toEqual([true])
  })

  it("has a clock that never goes back, and one with the date", () => {
    const before = platformTimers.now()
    expect(platformTimers.now()).toBeGreaterThanOrEqual(before)
    expect(Math.abs(platformTimers.wallClock() - Date.now())).toBeLessThan(1000)
  })
})
