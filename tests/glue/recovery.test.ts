// Connection state recovery, as listeners see it: offsets are hidden, and missed events arrive before new ones, over
// any transport.
import { describe, expect, it } from "vitest"
import { type FakePlatform, flush, makeRuntime, offset } from "./harness"

const handshake = (upgrades: string[]) =>
  `0{"sid":"e1","upgrades":${JSON.stringify(upgrades)},"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`

/** Tests write `off-<n>` for the offset of the n-th moment. */
const real = (text: string) => text.replace(/off-(\d+)/g, (_, n) => offset(Number(n)))

/** Opens the last connection up to CONNECT. The test accepts it. */
async function open(platform: FakePlatform, upgrades: string[] = []) {
  for (const one of platform.connections.slice(-1)) {
    const { text } = one
    one.text = (frame) => text(real(frame))
  }
  const { connection } = platform
  connection.opened()
  connection.text(handshake(upgrades))
  await flush()
  return connection
}

async function connected(transports: ("websocket" | "polling")[] = ["websocket"]) {
  const made = await makeRuntime({ auth: { token: "t" }, socket: { transports, randomizationFactor: 0 } })
  const heard: unknown[][] = []
  made.runtime.$socket.onAny((_payload, { channelKey, args }) => heard.push([channelKey, ...args]))
  made.runtime.connect()
  const connection = await open(made.platform)
  connection.text('40{"sid":"s1","pid":"p1"}')
  return { ...made, heard, connection }
}

describe("offsets", () => {
  it("are hidden from listeners and sent with the credentials", async () => {
    const { heard, connection, platform, runtime } = await connected()
    connection.text('42["a",{"x":1},"more","off-1"]')
    connection.text('42["b","off-2"]')
    connection.text('457-["c",{"_placeholder":true,"num":0},"off-2"]')
    for (let i = 0; i < 7; i++) connection.binary(new ArrayBuffer(i))
    connection.text('427["asks","text"]')
    expect(heard.map(([key, ...args]) => [key, args.length])).toEqual([
      ["a", 2],
      ["b", 0],
      ["c", 1],
      ["asks", 1],
    ])
    connection.text('42["d","off-3"]')
    connection.closed("cut")
    platform.advance(1000)
    const again = await open(platform)
    expect(again.sent).toEqual([real('40{"pid":"p1","offset":"off-3","token":"t"}')])
    again.text('40{"sid":"s1","pid":"p1"}')
    expect(runtime.$socket.recovered.value).toBe(true)
  })

  it("are not taken from the arguments if the server's adapter appends none", async () => {
    const { heard, connection, platform } = await connected()
    const frames = [
      ["x--todoDeleted", "66f1c0ffee"],
      ["chat", "alice", "hello"],
      ["status", "online"],
      ["status", "pending"],
      ["status", "offline"],
      ["picked", "66f1c0ffee00112233445566"],
      ["at", "1700000000000-0"],
      ["file", "0f8fad5b-d9cb-469f-a165-70867728950e"],
    ]
    for (const frame of frames) connection.text(`42${JSON.stringify(frame)}`)
    expect(heard.map((args) => args.slice(1))).toEqual(frames.map((frame) => frame.slice(1)))
    connection.closed("cut")
    platform.advance(1000)
    expect((await open(platform)).sent).toEqual(['40{"token":"t"}'])
  })

  it("are not the last argument of a volatile event", async () => {
    const { heard, connection, platform } = await connected()
    connection.text('42["n",1,"off-1"]')
    connection.text('42["status","online"]')
    connection.text('42["status","removed"]')
    connection.text('42["n",2,"off-2"]')
    connection.text('42["status","offline"]')
    expect(heard).toEqual([
      ["n", 1],
      ["status", "online"],
      ["status", "removed"],
      ["n", 2],
      ["status", "offline"],
    ])
    connection.closed("cut")
    platform.advance(1000)
    expect((await open(platform)).sent).toEqual([real('40{"pid":"p1","offset":"off-2","token":"t"}')])
  })

  it("of MongoDB's adapter are hidden from listeners once they are recognized", async () => {
    const { heard, connection, platform } = await connected()
    const objectId = (n: number) =>
      `${Math.floor((platform.drivers.timers.wallClock() + n) / 1000).toString(16)}5f3a2b1c0d9e8f70`
    connection.text(`42["x--todoCreated",{"name":"a"},"${objectId(0)}"]`)
    connection.text(`42["x--todoDeleted","66f1c0ffee","${objectId(1000)}"]`)
    connection.text(`42["refresh","${objectId(2000)}"]`)
    expect(heard).toEqual([["todoCreated", { name: "a" }], ["todoDeleted", "66f1c0ffee"], ["refresh"]])
    connection.closed("cut")
    platform.advance(1000)
    expect((await open(platform)).sent).toEqual([`40{"pid":"p1","offset":"${objectId(2000)}","token":"t"}`])
  })

  it("are ordinary arguments if the server does not recover sessions", async () => {
    const { runtime, platform } = await makeRuntime()
    const heard: unknown[] = []
    runtime.$socket.onAny((_payload, { args }) => heard.push(args))
    runtime.connect()
    const connection = await open(platform)
    connection.text('40{"sid":"s1"}')
    connection.text('42["a","text"]')
    expect(heard).toEqual([["text"]])
    expect(runtime.$socket.recovered.value).toBe(false)
  })
})

describe("missed events", () => {
  it("arrive before CONNECT and are delivered right after it, in order, text and binary", async () => {
    const { heard, connection, platform, runtime } = await connected()
    connection.text('42["a","off-1"]')
    connection.closed("cut")
    platform.advance(1000)
    const again = await open(platform)
    heard.length = 0
    const seen: string[] = []
    runtime.$socket.status.subscribe((status) => seen.push(`${status} ${heard.length}`))
    again.text('42["missed",1,"off-2"]')
    again.text('451-["missed",{"_placeholder":true,"num":0},"off-3"]')
    again.binary(Uint8Array.of(7).buffer)
    again.text('42["missed",2,"off-4"]')
    expect(heard).toEqual([])
    again.text('40{"sid":"s1","pid":"p1"}')
    again.text('42["new","off-5"]')
    expect(heard).toEqual([["missed", 1], ["missed", Uint8Array.of(7).buffer], ["missed", 2], ["new"]])
    expect(seen).toEqual(["reconnecting 0", "connected 0"])
  })

  it("are forgotten when the server refuses, and arrive again", async () => {
    const { heard, connection, platform } = await connected()
    connection.text('42["a","off-1"]')
    connection.closed("cut")
    platform.advance(1000)
    const again = await open(platform)
    heard.length = 0
    again.text('42["missed",1,"off-2"]')
    again.text('44{"message":"expired"}')
    await flush()
    expect(again.sent.at(-1)).toBe(real('40{"pid":"p1","offset":"off-1","token":"t"}'))
    again.text('42["missed",1,"off-2"]')
    again.text('40{"sid":"s1","pid":"p1"}')
    expect(heard).toEqual([["missed", 1]])
  })

  it("are delivered if they came by polling and CONNECT came by the WebSocket after the upgrade", async () => {
    const { heard, connection, platform } = await connected(["polling", "websocket"])
    connection.text('42["a","off-1"]')
    connection.closed("cut")
    platform.advance(1000)
    heard.length = 0
    const polling = await open(platform, ["websocket"])
    const websocket = platform.connection
    polling.text('42["missed",1,"off-2"]')
    websocket.opened()
    websocket.text("3probe")
    polling.paused()
    expect(websocket.sent).toEqual(["2probe", "5"])
    websocket.text(real('42["missed",2,"off-3"]'))
    websocket.text('40{"sid":"s1","pid":"p1"}')
    expect(heard).toEqual([
      ["missed", 1],
      ["missed", 2],
    ])
  })
})

describe("a thousand losses", () => {
  it("lose no event that the server kept, and leave no timer or connection behind", async () => {
    const { runtime, platform, heard, connection } = await connected()
    let sent = 0
    let arrived = 0
    let pid = "p1"
    let current = connection
    const gaps: number[] = []
    const event = (n: number) => `42["n",${n},"off-${n}"]`
    current.text(event(++sent))
    for (let cycle = 0; cycle < 1000; cycle++) {
      arrived = sent
      sent += cycle % 3
      const restarted = cycle % 10 === 9
      current.closed("the backend was killed")
      for (let failed = 0; failed < cycle % 3; failed++) {
        platform.advance(5000)
        platform.connection.closed("refused")
      }
      platform.advance(5000)
      current = await open(platform)
      expect(current.sent[0]).toBe(real(`40{"pid":"${pid}","offset":"off-${arrived}","token":"t"}`))
      if (restarted) {
        pid = `p${cycle}`
        for (let n = arrived + 1; n <= sent; n++) gaps.push(n)
      } else {
        for (let n = arrived + 1; n <= sent; n++) current.text(event(n))
      }
      current.text(`40{"sid":"s1","pid":"${pid}"}`)
      expect(runtime.$socket.recovered.value).toBe(!restarted)
      current.text(event(++sent))
      expect(platform.timers.size).toBe(1)
    }
    const numbers = [...Array(sent).keys()].map((n) => n + 1).filter((n) => !gaps.includes(n))
    expect(heard.map(([, n]) => n)).toEqual(numbers)
    runtime.dispose()
    expect(platform.timers.size).toBe(0)
    expect(current.open).toBe(false)
  })
})
