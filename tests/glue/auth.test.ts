// What `auth` may return and how it may fail: the contents of CONNECT, and connections without credentials.
import { describe, expect, it, vi } from "vitest"
import { until } from "../support/until"
import { type FakePlatform, flush, HANDSHAKE, makeRuntime, offset } from "./harness"

async function open(platform: FakePlatform) {
  const { connection } = platform
  connection.opened()
  connection.text(HANDSHAKE)
  await flush()
  return connection
}

async function connectedBy(auth: unknown) {
  const made = await makeRuntime({ auth: auth as Record<string, unknown>, socket: { randomizationFactor: 0 } })
  made.runtime.connect()
  return { ...made, connection: await open(made.platform) }
}

describe("the payload of CONNECT", () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic

  it.each([
    ["undefined members", { token: undefined }, "40"],
    ["functions and symbols", { a() {}, b: Symbol("b") }, "40"],
    ["nothing", {}, "40"],
    ["some members", { token: undefined, user: "anna" }, '40{"user":"anna"}'],
    ["a Blob", { avatar: new Blob(["x"]) }, '40{"avatar":{}}'],
    ["bytes", { key: Uint8Array.of(1, 2) }, '40{"key":{"0":1,"1":2}}'],
    ["an ArrayBuffer", { key: new ArrayBuffer(2) }, '40{"key":{}}'],
    ["what says itself how it is written", { at: new Date(0) }, '40{"at":"1970-01-01T00:00:00.000Z"}'],
  ])("%s, as JSON writes it", async (_what, auth, packet) => {
    expect((await connectedBy(auth)).connection.sent).toEqual([packet])
    expect((await connectedBy(() => auth)).connection.sent).toEqual([packet])
  })

  it("contains credentials also when the session is recovered", async () => {
    const { platform, connection, runtime } = await connectedBy({ token: undefined })
    connection.text('40{"sid":"s1","pid":"p1"}')
    connection.text(`42["e","${offset(1)}"]`)
    connection.closed("cut")
    platform.advance(1000)
    const again = await open(platform)
    expect(again.sent).toEqual([`40{"pid":"p1","offset":"${offset(1)}"}`])
    again.text('40{"sid":"s1","pid":"p1"}')
    expect(runtime.$socket.status.value).toBe("connected")
  })

  it.each([
    ["a cycle", cyclic],
    ["a BigInt", { id: 1n }],
    ["what is no object as JSON", { toJSON: () => "text" }],
  ])("%s cannot, which counts as a refusal", async (_what, auth) => {
    const { platform, runtime } = await connectedBy(auth)
    await until(async () => {
      platform.advance(1000)
      await flush()
      return runtime.$socket.status.value === "rejected"
    })
    expect(runtime.$socket.reason.value).toMatchObject({ code: "AUTH_FAILED" })
  })
})

describe("a refusal", () => {
  it.each([undefined, {}, { token: undefined }])(
    "with %j for credentials ends as rejected, with its reason",
    async (auth) => {
      const { platform, connection, runtime } = await connectedBy(auth)
      for (let refusals = 0; refusals < 3; refusals++) {
        connection.text('44{"message":"who are you?"}')
        await flush()
        platform.advance(2000)
        await flush()
      }
      expect(runtime.$socket.status.value).toBe("rejected")
      expect(runtime.$socket.reason.value).toEqual({
        code: "CONNECT_REJECTED",
        message: expect.stringContaining("(who are you?)"),
      })
    },
  )

  it.each([10, 200_000])("contains the data of the server's error, also of %i bytes", async (size) => {
    const { platform, connection, runtime, errors } = await connectedBy({ token: "t" })
    const data = { retryAfter: 7, text: "x".repeat(size) }
    for (let refusals = 0; refusals < 3; refusals++) {
      connection.text(`44${JSON.stringify({ message: "too many", data: { ...data, refusals } })}`)
      await flush()
      platform.advance(2000)
      await flush()
    }
    const { reason, status } = runtime.$socket
    expect(status.value).toBe("rejected")
    expect(reason.value).toMatchObject({ code: "CONNECT_REJECTED", data: { ...data, refusals: 2 } })
    expect(errors).toEqual([])
    runtime.connect()
    expect(reason.value).toBeUndefined()
  })

  it.each(["44", '44"no"', "44{}", "44{", "44null", "44[1]"])("is recognized in any form: %s", async (frame) => {
    const made = await makeRuntime({ socket: { authAttempts: 1 } })
    made.runtime.connect()
    const connection = await open(made.platform)
    connection.text(frame)
    const isPacket = frame !== "44"
    expect(made.runtime.$socket.status.value).toBe(isPacket ? "rejected" : "connecting")
    expect(connection.open).toBe(false)
  })
})

describe("an `auth` without credentials", () => {
  const status = (number: number) => Object.assign(new Error(`answered ${number}`), { status: number })

  it.each([
    ["fetch without a network", new TypeError("fetch failed")],
    ["a limit of time", new DOMException("The operation timed out.", "TimeoutError")],
    ["an abort", new DOMException("aborted", "AbortError")],
    ["a status", status(503)],
    ["a Response", new Response("", { status: 502 })],
    ["axios", Object.assign(new Error("Network Error"), { code: "ERR_NETWORK" })],
    ["the response of axios", Object.assign(new Error("bad gateway"), { response: { status: 502 } })],
    ["too many requests", status(429)],
    ["Node", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["a query", { code: "HTTP_ERROR", details: { status: 500 }, message: "HTTP_ERROR" }],
  ])("is called again with backoff until it succeeds: %s", async (_what, thrown) => {
    const auth = vi.fn().mockRejectedValue(thrown)
    const { platform, connection, runtime } = await connectedBy(auth)
    for (const wait of [1000, 2000, 4000, 5000, 5000]) {
      expect(runtime.$socket.status.value).toBe("connecting")
      expect(runtime.$socket.reason.value?.code).toBe("AUTH_FAILED")
      const asked = auth.mock.calls.length
      platform.advance(wait - 1)
      expect(auth).toHaveBeenCalledTimes(asked)
      platform.advance(1)
      await flush()
      expect(auth).toHaveBeenCalledTimes(asked + 1)
      expect(auth.mock.lastCall?.[0].reason).toBeUndefined()
    }
    auth.mockResolvedValue({ token: "t" })
    platform.advance(5000)
    await flush()
    expect(connection.sent).toEqual(['40{"token":"t"}'])
  })

  it.each([
    ["a wrong password", status(401)],
    ["a login that is over", new Error("the login is over")],
    ["a code of one's own", Object.assign(new Error("over"), { code: "EXPIRED" })],
    ["a text", "no"],
    ["nothing", undefined],
    ["what has no text", Object.create(null)],
  ])("is refused where it says that there are none: %s", async (_what, thrown) => {
    const auth = vi.fn().mockRejectedValue(thrown)
    const { platform, runtime } = await connectedBy(auth)
    platform.advance(1000)
    await flush()
    expect(auth).toHaveBeenCalledTimes(3)
    expect(runtime.$socket.status.value).toBe("rejected")
  })

  it("that never answers is called again after `timeout`, and its late answer is ignored", async () => {
    const answers: ((credentials: object) => void)[] = []
    const auth = vi.fn(() => new Promise<Record<string, unknown>>((resolve) => answers.push(resolve as () => void)))
    const { platform, connection, runtime } = await connectedBy(auth)
    platform.advance(20_000)
    expect(runtime.$socket.reason.value).toMatchObject({ code: "AUTH_FAILED" })
    answers[0]?.({ token: "late" })
    await flush()
    platform.advance(1000)
    await flush()
    expect(auth).toHaveBeenCalledTimes(2)
    answers[1]?.({ token: "t" })
    await flush()
    expect(connection.sent).toEqual(['40{"token":"t"}'])
  })
})
