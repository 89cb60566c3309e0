// The faults of the TCP proxy, as client and server see them.
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import { TcpProxy } from "../support/tcp-proxy"
import { until } from "../support/until"

/** A proxy in front of an echo server, and a log of the connections that each side saw closing. */
async function scene() {
  const noticed: string[] = []
  const server = createServer((socket) => {
    socket.on("data", (chunk) => socket.write(chunk))
    socket.on("error", () => {}).on("close", () => noticed.push("the server: closed"))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const proxy = await TcpProxy.open((server.address() as AddressInfo).port)
  onTestFinished(() => {
    proxy.close()
    server.close()
  })
  const visit = async () => {
    const client = connect(Number(new URL(proxy.url).port), "127.0.0.1").setEncoding("utf8")
    client.on("error", () => {}).on("close", () => noticed.push("the client: closed"))
    await once(client, "connect")
    return client
  }
  return { proxy, noticed, visit }
}

const echo = async (client: Socket, text: string) => {
  client.write(text)
  return (await once(client, "data"))[0]
}

describe("a fault of the TCP proxy", () => {
  it("stalled: delivers later what was sent", async () => {
    const { proxy, noticed, visit } = await scene()
    const client = await visit()
    expect(await echo(client, "before")).toBe("before")
    const restore = proxy.fail("stalled")
    const answer = echo(client, "meanwhile")
    const late = echo(await visit(), "of one who came meanwhile")
    restore()
    expect([await answer, await late, noticed]).toEqual(["meanwhile", "of one who came meanwhile", []])
  })

  it("half-open: clients reconnect, and the server notices at the end", async () => {
    const { proxy, noticed, visit } = await scene()
    expect(await echo(await visit(), "before")).toBe("before")
    const restore = proxy.fail("half-open")
    expect(await echo(await visit(), "again")).toBe("again")
    expect(noticed).toEqual(["the client: closed"])
    restore()
    await until(() => noticed.includes("the server: closed"))
  })

  it("silent: neither side notices before the end", async () => {
    const { proxy, noticed, visit } = await scene()
    const client = await visit()
    expect(await echo(client, "before")).toBe("before")
    const restore = proxy.fail("silent")
    client.write("lost")
    const answer = echo(await visit(), "of one who came meanwhile")
    expect(noticed).toEqual([])
    restore()
    expect(await answer).toBe("of one who came meanwhile")
    await until(() => noticed.length === 2)
    expect(noticed.sort()).toEqual(["the client: closed", "the server: closed"])
  })
})
