// The long-polling driver against a real HTTP server that the test controls, and the lifecycle driver on a fake page.
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { watchLifecycle } from "../../js-glue/drivers/lifecycle"
import { openPolling } from "../../js-glue/drivers/polling"
import type { TransportOptions } from "../../js-glue/types/drivers"
import { until } from "../support/until"

interface Received {
  method: string
  url: string
  headers: IncomingMessage["headers"]
  body: string
  answer(body: string, status?: number): void
  /** Whether the client aborted the request or disconnected. */
  readonly isCut: boolean
}

async function polling(options: TransportOptions = {}) {
  const requests: Received[] = []
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let body = ""
    for await (const chunk of request) body += chunk
    requests.push({
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body,
      answer: (text, status = 200) => response.writeHead(status).end(text),
      get isCut() {
        return response.destroyed && !response.writableFinished
      },
    })
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const told: unknown[][] = []
  const tell =
    (name: string) =>
    (...args: unknown[]) =>
      void told.push([name, ...args])
  const events = {
    opened: tell("opened"),
    text: tell("text"),
    binary: tell("binary"),
    paused: tell("paused"),
    closed: tell("closed"),
  }
  const transport = openPolling(fetch, `${base}/?t=polling`, options, events)
  onTestFinished(() => transport.close())
  /** Removes the next request of a kind from the list and returns it. */
  const next = async (method: string): Promise<Received> => {
    await until(() => requests.some((request) => request.method === method))
    return requests.splice(
      requests.findIndex((request) => request.method === method),
      1,
    )[0] as Received
  }
  const untilTold = (count: number) => until(() => told.length >= count)
  return { transport, told, next, untilTold, base, requests }
}

describe("the polling driver", () => {
  it("delivers the frames of a response one by one, text and binary, and polls again", async () => {
    const { told, next, untilTold } = await polling()
    ;(await next("GET")).answer('0{}\x1e42["a"]\x1ebAQID')
    await untilTold(4)
    expect(told).toEqual([["opened"], ["text", "0{}"], ["text", '42["a"]'], ["binary", Uint8Array.of(1, 2, 3).buffer]])
    await next("GET")
  })

  it("sends simultaneous frames in one request, and the next request only after its response", async () => {
    const { transport, next, requests } = await polling()
    await next("GET")
    transport.sendText("40")
    transport.sendText('451-["f"]')
    transport.sendBinary(Uint8Array.of(255, 0))
    const first = await next("POST")
    expect(first.body).toBe('40\x1e451-["f"]\x1eb/wA=')
    expect(first.headers["content-type"]).toBe("text/plain;charset=UTF-8")
    transport.sendBinary(new Blob([Uint8Array.of(7)]))
    transport.sendText("3")
    expect(requests).toEqual([])
    first.answer("ok")
    expect((await next("POST")).body).toBe("bBw==\x1e3")
  })

  it("uses the session's URL, and sends at most the server's maxPayload in one request", async () => {
    const { transport, next, base } = await polling()
    const opening = await next("GET")
    transport.identify(`${base}/?t=polling&sid=1`, 10)
    opening.answer("0{}")
    expect((await next("GET")).url).toBe("/?t=polling&sid=1")
    for (const text of ["4aaaa", "4bbb", "4ü".padEnd(20, "c"), "4d"]) transport.sendText(text)
    const bodies: string[] = []
    for (let i = 0; i < 3; i++) {
      const request = await next("POST")
      bodies.push(request.body)
      request.answer("ok")
    }
    expect(bodies).toEqual(["4aaaa", "4bbb", "4ü".padEnd(20, "c")])
    expect((await next("POST")).body).toBe("4d")
  })

  it("is paused once everything is sent and frames in flight have arrived", async () => {
    const { transport, told, next, untilTold, requests } = await polling()
    const poll = await next("GET")
    transport.sendText("4x")
    transport.pause()
    const post = await next("POST")
    post.answer("ok")
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual([["opened"]])
    poll.answer("6")
    await untilTold(3)
    expect(told.slice(1)).toEqual([["text", "6"], ["paused"]])
    expect(requests).toEqual([])
  })

  it("reports why it ended, once: a refusal, malformed bytes, no response", async () => {
    const refused = await polling()
    ;(await refused.next("GET")).answer('{"code":1,"message":"Session ID unknown"}', 400)
    await refused.untilTold(2)
    expect(refused.told[1]).toEqual([
      "closed",
      'the poll was answered with 400: {"code":1,"message":"Session ID unknown"}; the server restarted, or the load ' +
        "balancer needs sticky sessions",
    ])

    const unsent = await polling()
    await unsent.next("GET")
    unsent.transport.sendText("4")
    ;(await unsent.next("POST")).answer("too large", 413)
    await unsent.untilTold(2)
    expect(unsent.told.slice(1)).toEqual([["closed", "the send was answered with 413: too large"]])

    const garbled = await polling()
    ;(await garbled.next("GET")).answer("b$$$\x1e4late")
    await garbled.untilTold(2)
    expect(garbled.told.slice(1)).toEqual([["closed", "a binary frame is not base64"]])

    const told: unknown[] = []
    const events = { opened() {}, text() {}, binary() {}, paused() {}, closed: (detail: string) => told.push(detail) }
    openPolling(fetch, "http://127.0.0.1:1/", {}, events)
    await until(() => told.length > 0)
    expect(told).toEqual([expect.any(String)])
  })

  it("treats a foreign response to a send as a failure: the frames are lost", async () => {
    for (const answer of ["<!doctype html><title>Welcome</title>", '{"login":"/portal"}', "ok then", "0"]) {
      const portal = await polling()
      await portal.next("GET")
      portal.transport.sendText('42["a"]')
      ;(await portal.next("POST")).answer(answer)
      await portal.untilTold(2)
      const detail = `the send was answered, but not by the Socket.IO server: ${answer}`
      expect(portal.told.slice(1)).toEqual([["closed", detail]])
    }
  })

  it("accepts responses to sends in the form of servers in other languages", async () => {
    const { transport, told, next } = await polling()
    await next("GET")
    for (const answer of ["ok", "OK", "ok\n", ""]) {
      transport.sendText("4")
      ;(await next("POST")).answer(answer)
    }
    transport.sendText("5")
    expect((await next("POST")).body).toBe("5")
    expect(told).toEqual([["opened"]])
  })

  it("reports nothing after close, and sends the remaining frames", async () => {
    const { transport, told, next, base } = await polling()
    const poll = await next("GET")
    transport.identify(`${base}/?sid=1`, 0)
    transport.sendText("41")
    transport.sendText("1")
    transport.close()
    transport.close()
    expect((await next("POST")).body).toBe("41\x1e1")
    poll.answer("4late")
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual([["opened"]])
  })

  it("waits for the send in flight before it closes, and then sends the remaining frames", async () => {
    const { transport, told, next } = await polling()
    const poll = await next("GET")
    transport.sendText("42a")
    const first = await next("POST")
    transport.sendBinary(Uint8Array.of(255, 0))
    transport.sendText("41")
    transport.close()
    transport.sendText("42late")
    expect([first.isCut, poll.isCut]).toEqual([false, false])
    first.answer("ok")
    const last = await next("POST")
    expect(last.body).toBe("b/wA=\x1e41")
    expect(poll.isCut).toBe(false)
    last.answer("ok")
    await until(() => poll.isCut)
    expect(told).toEqual([["opened"]])
  })

  it("aborts an unanswered request some time after it was closed", async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const signals: AbortSignal[] = []
    const swallow = (_url: unknown, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => {
        signals.push(signal as AbortSignal)
        signal?.addEventListener("abort", () => reject(signal.reason))
      })
    const events = { opened() {}, text() {}, binary() {}, paused() {}, closed() {} }
    const transport = openPolling(swallow as never, "http://x.test/", {}, events)
    await Promise.resolve()
    transport.sendText("40")
    await vi.advanceTimersByTimeAsync(0)
    transport.close()
    await vi.advanceTimersByTimeAsync(2999)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
    await vi.advanceTimersByTimeAsync(1)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(vi.getTimerCount()).toBe(0)
  })

  it("aborts its poll at once if nothing is in flight", async () => {
    const { transport, next } = await polling()
    const poll = await next("GET")
    transport.close()
    await until(() => poll.isCut)
  })

  it("is closed by a Blob that cannot be read, after all earlier frames were sent", async () => {
    const { transport, told, next, untilTold, requests } = await polling()
    await next("GET")
    const arrayBuffer = () => Promise.reject(new Error("the file is gone"))
    transport.sendText("42a")
    transport.sendBinary(Object.assign(new Blob(["x"]), { arrayBuffer }))
    transport.sendText("42b")
    const post = await next("POST")
    expect(post.body).toBe("42a")
    post.answer("ok")
    await untilTold(2)
    expect(told).toEqual([["opened"], ["closed", "a Blob could not be read: the file is gone"]])
    expect(requests).toEqual([])
  })

  it("reports nothing if it is closed before it began", async () => {
    const told = vi.fn()
    openPolling(
      fetch,
      "http://127.0.0.1:1/",
      {},
      { opened: told, text: told, binary: told, paused: told, closed: told },
    ).close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).not.toHaveBeenCalled()
  })

  it("sends the user's headers, and cookies with `withCredentials`", async () => {
    const { next } = await polling({ extraHeaders: { "x-tenant": "b" } })
    expect((await next("GET")).headers["x-tenant"]).toBe("b")
    const fetchFunction = vi.fn((_url: unknown, _init: RequestInit) => new Promise<Response>(() => {}))
    const events = { opened() {}, text() {}, binary() {}, paused() {}, closed() {} }
    for (const withCredentials of [true, false])
      openPolling(fetchFunction as never, "http://x.test/", { withCredentials }, events)
    await Promise.resolve()
    expect(fetchFunction.mock.calls.map(([, init]) => init.credentials)).toEqual(["include", "same-origin"])
  })
})

describe("the life-cycle driver", () => {
  it("reports the page's events until it is stopped", () => {
    const page = new EventTarget()
    const document = Object.assign(new EventTarget(), { visibilityState: "hidden" })
    vi.stubGlobal("document", document)
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page))
    onTestFinished(() => void vi.unstubAllGlobals())
    const told: string[] = []
    const end = watchLifecycle((event) => told.push(event))
    const happen = (target: EventTarget, type: string, members = {}) =>
      target.dispatchEvent(Object.assign(new Event(type), members))
    happen(page, "offline")
    happen(page, "online")
    happen(document, "visibilitychange")
    document.visibilityState = "visible"
    happen(document, "visibilitychange")
    happen(page, "pagehide")
    happen(page, "pageshow", { persisted: false })
    happen(page, "pageshow", { persisted: true })
    end()
    happen(page, "online")
    expect(told).toEqual(["hidden", "offline", "online", "hidden", "visible", "hide", "show"])
  })

  it("reports nothing if there is no page", () => {
    expect(() => watchLifecycle(() => {})()).not.toThrow()
  })
})
