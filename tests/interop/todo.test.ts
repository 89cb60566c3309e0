// The complete path of a todo: $data → core → fetch → Fastify route → database → Socket.IO event → core → listener →
// execute() → the list, in two runtimes against the backend stub as a process. The readers' code is README's.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Operation, Query, Runtime } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { Backend } from "../support/backend"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"

interface Todo {
  _id: string
  name: string
  isCompleted: boolean
}

describe("the path of a todo", () => {
  let backend: Backend
  beforeAll(async () => {
    backend = await Backend.create()
  })
  afterAll(() => backend.dispose())

  async function user(name: string) {
    const auth = async () => ({ token: await backend.token(name) })
    const runtime = await startRuntime(backend.url, { plugins: [todoConfig], auth })
    const { $data, $socket, $eventbus } = runtime.usePluginApi("pacifico__todo")
    const operations = $data.todo as Record<"getAll" | "create" | "update" | "delete", Operation>
    const list: Query<Todo> = operations.getAll({ options: { immediate: true } })
    const heard: unknown[] = []
    for (const key of ["todoCreated", "todoUpdated", "todoDeleted", "mySuperFancyCustomEvent"]) {
      $socket.on(key, (payload, { channelKey }) => {
        heard.push([channelKey, payload.body.items[0].name])
        void list.execute()
      })
    }
    await untilStatus(runtime, "connected")
    const names = () => list.dataArr.value.map((todo) => (todo.isCompleted ? `${todo.name} ✓` : todo.name))
    return { runtime, operations, list, heard, names, $eventbus }
  }

  const shows = (people: { names(): string[] }[], expected: string[]) =>
    until(() => people.every((person) => person.names().join() === expected.join()))

  it("is visible to every user after each operation", async () => {
    const [anna, ben] = [await user("anna"), await user("ben")]
    const messages: unknown[] = []
    anna.$eventbus.global.on("ui/addToSnackbar", ({ sender, data }) => messages.push([sender, data.color]))

    const { result, error } = await anna.operations.create().execute({ name: "Milk" })
    expect(error).toBeUndefined()
    const _id = result?.[0]?._id as string
    await shows([anna, ben], ["Milk"])
    await ben.operations.update().execute({ _id, name: "Oat milk", isCompleted: true })
    await shows([anna, ben], ["Oat milk ✓"])
    await anna.operations.create().execute({ name: "Bread" })
    await shows([anna, ben], ["Oat milk ✓", "Bread"])
    await ben.operations.delete().execute({ _id })
    await shows([anna, ben], ["Bread"])

    const events = [
      ["todoCreated", "Milk"],
      ["mySuperFancyCustomEvent", "Milk"],
      ["todoUpdated", "Oat milk"],
      ["todoCreated", "Bread"],
      ["mySuperFancyCustomEvent", "Bread"],
      ["todoDeleted", "Oat milk"],
    ]
    expect(anna.heard).toEqual(events)
    expect(ben.heard).toEqual(events)
    expect(messages).toEqual([
      ["pacifico__todo", "success"],
      ["pacifico__todo", "success"],
    ])
  })

  it("fails with a clear error, and without an event", async () => {
    const [anna, ben] = [await user("anna"), await user("ben")]
    const { error } = await anna.operations.create({ options: { notify: false } }).execute({ name: "" })
    expect(error).toMatchObject({
      code: "HTTP_ERROR",
      message: expect.stringContaining("body/name must NOT have fewer than 1 characters"),
      details: { status: 400 },
    })
    const unknown = await anna.operations.delete({ options: { notify: false } }).execute({ _id: "a/b" })
    expect(unknown.error).toMatchObject({ details: { status: 404, body: { message: "There is no todo a/b" } } })
    await anna.operations.create().execute({ name: "Sentinel" })
    await until(() => ben.heard.length >= 2)
    expect(ben.heard[0]).toEqual(["todoCreated", "Sentinel"])
  })

  it("is in sync again after the backend was killed and restarted", async () => {
    const [anna, ben] = [await user("anna"), await user("ben")]
    await until(() => anna.list.dataArr.value.length > 0 && ben.list.dataArr.value.length > 0)
    const before = anna.names()
    await backend.kill()
    await Promise.all([anna, ben].map(({ runtime }) => untilStatus(runtime, "reconnecting")))
    const failed = await anna.operations.create({ options: { notify: false } }).execute({ name: "Lost" })
    expect(failed.error?.code).toBe("NETWORK_ERROR")
    await backend.startOnOtherPort()
    await backend.addTodo("Meanwhile")
    await backend.kill()
    await backend.start()
    await shows([anna, ben], [...before, "Meanwhile"])
    await ben.operations.create().execute({ name: "Afterwards" })
    await shows([anna, ben], [...before, "Meanwhile", "Afterwards"])
  })

  it("is closed to clients without a token", async () => {
    const refused: Runtime = await startRuntime(backend.url, {
      plugins: [todoConfig],
      auth: {},
      socket: { authAttempts: 1 },
    })
    await untilStatus(refused, "rejected")
    expect(refused.$socket.reason.value?.message).toContain("No token: set `auth.token` in the handshake.")
    const { error } = (await refused.usePluginApi("pacifico__todo").$data.todo?.getAll?.().execute()) ?? {}
    expect(error).toMatchObject({ code: "HTTP_ERROR", details: { status: 401 } })
  })
})
