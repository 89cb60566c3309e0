// "retry" of the official suite.
import { expect, it } from "vitest"
import { ofBoth, peers } from "./cases"

ofBoth("retry", ({ openClient, start }) => {
  it("should fail when the server does not acknowledge the packet", async () => {
    const { client, io } = await start()
    let tries = 0
    io.on("connection", (socket) => socket.on("nothing", () => tries++))
    peers(io)[0]?.on("nothing", () => tries++)
    const error = await new Promise((resolve) => client.retrying(3, 50).emit("nothing", resolve))
    expect(error).toBeInstanceOf(Error)
    expect(tries).toBe(4)
  })

  it("should preserve the order of the packets", async () => {
    const { client, io } = await start()
    const order: string[] = []
    peers(io)[0]?.on("turn", (n: number, answer: (n: number) => void) => {
      order.push(`hears ${n}`)
      setImmediate(answer, n)
    })
    io.on("connection", (socket) =>
      socket.on("turn", (n: number, answer: (n: number) => void) => {
        order.push(`hears ${n}`)
        setImmediate(answer, n)
      }),
    )
    const retrying = client.retrying(1, 5000)
    const answers = [1, 2, 3].map(
      (n) =>
        new Promise<void>((resolve) =>
          retrying.emit("turn", n, (error: unknown, value: number) => {
            order.push(`has ${value}${error ?? ""}`)
            resolve()
          }),
        ),
    )
    await Promise.all(answers)
    expect(order).toEqual(["hears 1", "has 1", "hears 2", "has 2", "hears 3", "has 3"])
  })

  it("should not drain the queue while the socket is disconnected", async () => {
    const { client, url } = await start({ autoConnect: false })
    const retrying = client.retrying(3, 10)
    const answers: unknown[][] = []
    const answered = new Promise<void>((resolve) =>
      retrying.emit("echo", 1, (...args: unknown[]) => {
        answers.push(args)
        resolve()
      }),
    )
    const other = await openClient(url)
    await other.emitWithAck("slow", 100)
    expect(answers).toEqual([])
    retrying.connect()
    await answered
    expect(answers).toHaveLength(1)
    expect(answers[0]?.[0] ?? undefined).toBeUndefined()
    expect(answers[0]?.[1]).toBe(1)
  })

  it("should not emit a packet twice in the 'connect' handler", async () => {
    const { client, io } = await start({ autoConnect: false })
    let heard = 0
    io.on("connection", (socket) =>
      socket.on("once", (answer: () => void) => {
        heard++
        answer()
      }),
    )
    const retrying = client.retrying(3, 5000)
    const answered = new Promise((resolve) => client.on("connect", () => retrying.emit("once", resolve)))
    client.connect()
    retrying.connect()
    await answered
    const { client: other } = await start()
    await other.emitWithAck("slow", 50)
    expect(heard).toBe(1)
  })
})
