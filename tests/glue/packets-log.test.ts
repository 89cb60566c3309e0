// `log: { packets: true }` prints all packets of the connection, and changes nothing else.
import { expect, it } from "vitest"
import type { LogEntry } from "../../js-glue/types"
import { connect, makeRuntime } from "./harness"

const bytes = new Uint8Array([1, 2])

it("prints each frame in both directions, and how transports begin and end, at any level", async () => {
  const entries: LogEntry[] = []
  const sink = (entry: LogEntry) => entries.push(entry)
  const { runtime, platform } = await makeRuntime({ log: { level: 0, packets: true, sink } })
  const { text, binary } = await connect(runtime, platform)
  runtime.$socket.emit("file", bytes)
  text('451-["photo",{"_placeholder":true,"num":0}]')
  binary(bytes.buffer)
  runtime.disconnect()
  const printed = entries.map(({ title, message }) => [title, message])
  expect(printed).toEqual([
    ["websocket opens", "ws://backend.test/socket.io/?EIO=4&transport=websocket"],
    ["websocket is open", undefined],
    ["websocket ◀", expect.stringMatching(/^0\{"sid"/)],
    ["websocket ▶", "40"],
    ["websocket ◀", '40{"sid":"s1"}'],
    ["websocket ▶", '451-["file",{"_placeholder":true,"num":0}]'],
    ["websocket ▶", bytes],
    ["websocket ◀", '451-["photo",{"_placeholder":true,"num":0}]'],
    ["websocket ◀", bytes.buffer],
    ["websocket ▶", "41"],
    ["websocket ▶", "1"],
    ["websocket is closed", undefined],
  ])
})

it("prints how a transport ended", async () => {
  const titles: unknown[] = []
  const sink = ({ title, message }: LogEntry) => titles.push([title, message])
  const { runtime, platform } = await makeRuntime({ log: { packets: true, sink } })
  await connect(runtime, platform)
  platform.connection.closed("cut")
  expect(titles.at(-1)).toEqual(["websocket ended", "cut"])
  expect(runtime.$socket.status.value).toBe("reconnecting")
})

it("nothing is printed without it", async () => {
  const entries: LogEntry[] = []
  const { runtime, platform } = await makeRuntime({ log: { level: 2, sink: (entry) => entries.push(entry) } })
  await connect(runtime, platform)
  expect(entries).toEqual([])
})
