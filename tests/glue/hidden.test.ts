// Hidden pages: those that poll close their connections, so that the visible page has enough of them.
import { describe, expect, it } from "vitest"
import type { Operation, PluginApi, RuntimeOptions } from "../../js-glue/types"
import { connect, type FakePlatform, flush, HANDSHAKE, makeRuntime } from "./harness"

const polls = { transports: ["polling" as const], upgrade: false }

async function page(socket: RuntimeOptions["socket"] = polls) {
  const made = await makeRuntime({ socket: { ...socket } })
  await connect(made.runtime, made.platform)
  return made
}

/** Advances the clock until a hidden page stops polling. */
function hide(platform: FakePlatform) {
  platform.life("hidden")
  platform.advance(10_000)
}

describe("a hidden page", () => {
  it("that polls is one of eight, and only the one that is looked at holds a connection", async () => {
    const pages = await Promise.all(Array.from({ length: 8 }, () => page()))
    for (const { platform } of pages.slice(1)) hide(platform)
    expect(pages.filter(({ platform }) => platform.connection.open)).toEqual([pages[0]])
  })

  it("that polled is back when it is looked at, with what it was to send, and reads anew what it shows", async () => {
    const { runtime, platform } = await page()
    const api = runtime.usePluginApi("pacifico__todo") as PluginApi & { $data: { todo: { getAll: Operation } } }
    const list = api.$data.todo.getAll()
    list.dataArr.subscribe(() => {})
    void list.execute()
    await flush()
    platform.request().answered(200, { type: "dataRead", body: { items: [] } })
    hide(platform)
    expect(runtime.$socket.status.value).toBe("reconnecting")
    runtime.$socket.emit("seen", 1)
    platform.advance(3_600_000)
    expect(platform.connections).toHaveLength(1)
    platform.life("visible")
    platform.connection.opened()
    platform.connection.text(HANDSHAKE)
    await flush()
    platform.connection.text('40{"sid":"s2"}')
    expect(runtime.$socket.status.value).toBe("connected")
    expect(platform.connection.sent).toEqual(["40", '42["seen",1]'])
    // Pages that become visible together do not refetch together.
    platform.advance(2000)
    await flush()
    expect(platform.requests.map(({ url }) => url)).toEqual(["http://backend.test/todo/all"])
  })

  it.each([
    ["with `openWhenHidden`", { ...polls, openWhenHidden: true }],
    ["with a WebSocket", { transports: ["websocket" as const] }],
  ])("%s stays connected", async (_, socket) => {
    const { runtime, platform } = await page(socket)
    hide(platform)
    expect(runtime.$socket.status.value).toBe("connected")
    expect(platform.connection.open).toBe(true)
  })

  it("refuses an `openWhenHidden` that is neither true nor false", async () => {
    const wrong = makeRuntime({ socket: { openWhenHidden: 10 as never } })
    await expect(wrong).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("openWhenHidden"),
    })
  })
})
