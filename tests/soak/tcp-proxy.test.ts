// What a line does to those at its ends.
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { Line } from "./line"

/** A line before a server that answers what it hears; one client, and what both sides have noticed. */
async function scene() {
  const noticed: string[] = []
  const server = createServer((socket) => {
    socket.on("data", (chunk) => socket.write(chunk))
    socket.on("error", () => {}).on("close", () => noticed.push("the server: closed"))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const line = await Line.open((server.address() as AddressInfo).port)
  onTestFinished(() => {
    line.close()
    server.close()
  })
  const visit = async () => {
    const client = connect(Number(new URL(line.url).port), "127.0.0.1").setEncoding("utf8")
    client.on("error", () => {}).on("close", () => noticed.push("the client: closed"))
    await once(client, "connect")
    return client
  }
  return { line, noticed, visit }
}

const echo = async (client: Socket, text: string) => {
  client.write(text)
  return (await once(client, "data"))[0]
}

describe("a line", () => {
  it("that is stalled hands on later what was sent", async () => {
    const { line, noticed, visit } = await scene()
    const client = await visit()
    expect(await echo(client, "before")).toBe("before")
    const mend = line.fail("stalled")
    const answer = echo(client, "meanwhile")
    const late = echo(await visit(), "of one who came meanwhile")
    mend()
    expect([await answer, await late, noticed]).toEqual(["meanwhile", "of one who came meanwhile", []])
  })

  it("that is deaf lets clients come back, and tells the server at the end", async () => {
    const { line, noticed, visit } = await scene()
    expect(await echo(await visit(), "before")).toBe("before")
    const mend = line.fail("deaf")
    expect(await echo(await visit(), "again")).toBe("again")
    expect(noticed).toEqual(["the client: closed"])
    mend()
    await vi.waitUntil(() => noticed.includes("the server: closed"))
  })

  it("that is silent tells nobody until the end", async () => {
    const { line, noticed, visit } = await scene()
    const client = await visit()
    expect(await echo(client, "before")).toBe("before")
    const mend = line.fail("silent")
    client.write("lost")
    const answer = echo(await visit(), "of one who came meanwhile")
    expect(noticed).toEqual([])
    mend()
    expect(await answer).toBe("of one who came meanwhile")
    await vi.waitUntil(() => noticed.length === 2)
    expect(noticed.sort()).toEqual(["the client: closed", "the server: closed"])
  })
})
