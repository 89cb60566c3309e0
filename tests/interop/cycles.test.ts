// A backend in this process that is killed and restarted again and again: every emit arrives once, every event of a
// session is received, and neither side leaks.
import type { Socket } from "socket.io"
import { expect, it } from "vitest"
import { until } from "../support/until"
import { startRuntime, startServer, untilStatus } from "./harness"

const CYCLES = 1000

it(`${CYCLES} kills and restarts lose no emit, and leave no socket, timer or listener behind`, async () => {
  const emitted: number[] = []
  const heard: number[] = []
  const prepare = (peer: Socket) =>
    peer.on("n", (n: number, _id: string, answer: () => void) => {
      emitted.push(n)
      answer()
    })
  let server = await startServer()
  server.io.on("connection", prepare)
  const { port } = server
  const runtime = await startRuntime(server.url, { socket: { reconnectionDelay: 1, reconnectionDelayMax: 2 } })
  runtime.$socket.on("said", (n: number) => heard.push(n))
  await untilStatus(runtime, "connected")
  const resources = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length
  const before = resources()
  const sending = runtime.$socket.sending({ retries: 3, id: true })
  const answers: Promise<unknown>[] = []
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    answers.push(sending.emitWithAck("n", cycle * 2))
    server.io.emit("said", cycle)
    await until(() => heard.at(-1) === cycle)
    await server.kill()
    await untilStatus(runtime, "reconnecting")
    answers.push(sending.emitWithAck("n", cycle * 2 + 1))
    server = await startServer({}, port)
    server.io.on("connection", prepare)
    await untilStatus(runtime, "connected")
    expect(server.io.engine.clientsCount).toBe(1)
  }
  await Promise.all(answers)
  expect(heard).toEqual([...Array(CYCLES).keys()])
  expect([...new Set(emitted)].sort((a, b) => a - b)).toEqual([...Array(CYCLES * 2).keys()])
  expect(runtime.$socket.buffered.value).toEqual({ count: 0, bytes: 0 })
  await until(() => resources() <= before)
  runtime.dispose()
  await until(() => server.io.engine.clientsCount === 0)
}, 120_000)
