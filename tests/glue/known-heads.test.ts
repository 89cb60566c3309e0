// Compares a runtime that recognizes the heads of frames with one that never does. Whatever the server and the user do,
// both runtimes deliver, request and send the same.
import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { RouteKind } from "../../js-glue/core/core-module"
import { loadCore } from "../../js-glue/core/load"
import type { NamespaceHandle, PluginConfig, Runtime, Unsubscribe } from "../../js-glue/types"
import { connect, FakePlatform, flush, HANDSHAKE, makeRuntime, offset, todoConfig, wasm } from "./harness"

/** The same module with no known heads. */
const slow = { bytes: wasm.bytes.slice() }
const unknown = async () => {
  vi.spyOn(await loadCore(slow), "rac_event_again").mockReturnValue(RouteKind.needAll)
}
afterEach(() => vi.restoreAllMocks())

const CHANNELS = [
  "plugin_pacifico__todo--todoCreated",
  "plugin_pacifico__todo--todoDeleted",
  "plugin_other--todoCreated",
  "bare",
  'quo"ted',
  "ünïcode",
  "raclette--connected",
]
const KEYS = ["todoCreated", "todoDeleted", "bare", "connected"]

const configs: PluginConfig[] = [
  todoConfig,
  { ...todoConfig, pluginName: "other", author: "", pluginKey: "other", data: {} },
]

/** A runtime, its registrations, and their results. */
class Side {
  readonly log: unknown[] = []
  readonly platform = new FakePlatform()
  readonly ends: Unsubscribe[] = []
  runtime!: Runtime
  admin: NamespaceHandle | undefined
  errors: { code: string; message: string }[] = []

  async begin(source: typeof wasm): Promise<void> {
    const made = await makeRuntime({ plugins: configs, wasm: source }, this.platform)
    this.runtime = made.runtime
    this.errors = made.errors
    await connect(this.runtime, this.platform)
  }

  listen(where: "plugin" | "all" | "admin" | "any", key: string): void {
    const { runtime, log } = this
    const name = `${where} ${key} ${this.ends.length}`
    const socket = where === "plugin" ? runtime.usePluginApi("pacifico__todo").$socket : runtime.$socket
    const heard = (payload: unknown, { reply, ...about }: { reply?: unknown }) =>
      log.push([name, payload, about, reply !== undefined])
    if (where === "admin") this.ends.push(this.admin?.$socket.on(key, heard) ?? (() => {}))
    else this.ends.push(where === "any" ? socket.onAny(heard) : socket.on(key, heard))
  }

  /** Opens a new session. `more`: the server's further fields. */
  async reconnect(more: string): Promise<void> {
    this.runtime.disconnect()
    this.runtime.connect()
    const { connection } = this.platform
    connection.opened()
    connection.text(HANDSHAKE)
    await flush()
    connection.text(`40{"sid":"s"${more}}`)
    if (this.admin) connection.text('40/admin,{"sid":"s3"}')
  }

  text(frame: string): void {
    this.platform.connection.text(frame)
  }

  /** Everything that is visible from outside. */
  get seen(): unknown {
    const { connections, requests } = this.platform
    return {
      log: this.log,
      errors: this.errors.map(({ code, message }) => [code, message]),
      requests: requests.map(({ method, url }) => [method, url]),
      sent: connections.map(({ sent, open }) => [sent.map(String), open]),
      status: [this.runtime.$socket.status.value, this.admin?.$socket.status.value],
    }
  }
}

type Step = (side: Side) => void | Promise<void>

const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("]", ",", '"', "a,b]", {}, [], null))
const rest = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(`,"${offset(1)}"`, `,{"a":1},"${offset(2)}"`, ',{"a":1}') },
  fc.tuple(value).map((args) => args.map((arg) => `,${JSON.stringify(arg)}`).join("")),
  fc.array(value, { maxLength: 3 }).map((args) => args.map((arg) => `,${JSON.stringify(arg)}`).join("")),
  fc.constantFrom("", ", 1 "),
)
/** Occasionally a frame that is not JSON, which ends the connection. */
const spoilt = fc.constantFrom(",]", ",1,]", ",{]", ',"a]', "x]", ",1", ",1}", ",[1]", "", ",1]]")
const frame = fc
  .tuple(
    fc.constantFrom("", "", "", "/admin,", "/gone,"),
    fc.constantFrom("", "", "", "", "7", "8"),
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...CHANNELS.slice(0, 3)) }, fc.constantFrom(...CHANNELS)),
    rest,
    fc.oneof({ weight: 20, arbitrary: fc.constantFrom("]", "]", "]", "] ") }, spoilt),
  )
  .map(([nsp, id, channel, args, end]) => `42${nsp}${id}[${JSON.stringify(channel)}${args}${end}`)
const where = fc.constantFrom("plugin" as const, "all" as const, "admin" as const, "any" as const)

const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  { weight: 12, arbitrary: frame.map((text): [string, Step] => [text, (side) => side.text(text)]) },
  // The same frame several times, so that its head becomes known.
  {
    weight: 6,
    arbitrary: frame.map((text): [string, Step] => [
      `4 x ${text}`,
      (side) => {
        for (let i = 0; i < 4; i++) side.text(text)
      },
    ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(where, fc.constantFrom(...KEYS))
      .map(([at, key]): [string, Step] => [`listen ${at} ${key}`, (side) => side.listen(at, key)]),
  },
  fc.nat(5).map((n): [string, Step] => [`unlisten ${n}`, (side) => side.ends[n]?.()]),
  fc.constant<[string, Step]>(["binary", (side) => side.text('451-["bare",{"_placeholder":true,"num":0}]')]),
  fc.constant<[string, Step]>(["attachment", (side) => side.platform.connection.binary(new ArrayBuffer(1))]),
  fc.constant<[string, Step]>(["disconnect packet", (side) => side.text("41")]),
  fc.constant<[string, Step]>(["reconnect", (side) => side.reconnect("")]),
  fc.constant<[string, Step]>(["reconnect with offsets", (side) => side.reconnect(',"pid":"p1"')]),
  fc.constant<[string, Step]>([
    "open admin",
    async (side) => {
      side.admin ??= side.runtime.of("/admin")
      side.admin.connect()
      await flush()
      side.text('40/admin,{"sid":"s3"}')
    },
  ]),
  fc.constant<[string, Step]>([
    "leave admin",
    (side) => {
      side.admin?.dispose()
      side.admin = undefined
    },
  ]),
  fc.constant<[string, Step]>([
    "read",
    (side) => {
      const { $data } = side.runtime.usePluginApi("pacifico__todo")
      $data.todo?.getAll?.({ options: { immediate: true, refetchOnEvent: true } })
    },
  ]),
  fc.constant<[string, Step]>(["answer", (side) => side.platform.requests[0]?.answered(200, { body: { items: [] } })]),
)

describe("a head that is known", () => {
  it("means what it means where it is not", async () => {
    await unknown()
    const again = vi.spyOn(await loadCore(wasm), "rac_event_again")
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const [fast, whole] = [new Side(), new Side()]
        await fast.begin(wasm)
        await whole.begin(slow)
        for (const [what, run] of steps) {
          for (const side of [fast, whole]) {
            await run(side)
            await flush()
            if (!side.platform.connection.open) await side.reconnect(what.length % 2 ? "" : ',"pid":"p2"')
          }
          expect(fast.seen, what).toEqual(whole.seen)
        }
        fast.runtime.dispose()
        whole.runtime.dispose()
      }),
      { numRuns: 300 },
    )
    const routes = again.mock.results.map(({ value }) => value)
    // Every kind of route occurred often enough to be meaningful.
    for (const kind of [RouteKind.nothing, RouteKind.needAll, RouteKind.event]) {
      expect(routes.filter((route) => (route & 7) === kind).length).toBeGreaterThan(10)
    }
  }, 120_000)

  it("is not copied, scanned or looked up again, whoever listens", async () => {
    const core = await loadCore(wasm)
    const side = new Side()
    await side.begin(wasm)
    side.listen("plugin", "todoCreated")
    const frames = CHANNELS.slice(0, 4).map((name) => `42${JSON.stringify([name, { a: 1 }])}`)
    for (let i = 0; i < 3; i++) for (const text of frames) side.text(text)
    const [scan, again] = [vi.spyOn(core, "rac_event_frame"), vi.spyOn(core, "rac_event_again")]
    const parse = vi.spyOn(JSON, "parse")
    for (const text of frames) side.text(text)
    expect(scan).not.toHaveBeenCalled()
    expect(again).toHaveBeenCalledTimes(frames.length)
    // Only the payload, and only for events with a listener.
    expect(parse.mock.calls.map(([text]) => text)).toEqual(['{"a":1}'])
    side.runtime.dispose()
  })

  it("has the arguments that each of its frames has", async () => {
    const side = new Side()
    await side.begin(wasm)
    side.listen("all", "bare")
    for (let i = 0; i < 3; i++) side.text(`42["bare","${"x".repeat(100)}"]`)
    side.text('42["bare"]')
    side.text('42["bare",1,2]')
    expect(side.log.map((entry) => (entry as [string, unknown, { args: unknown[] }])[2].args.length)).toEqual([
      ...[1, 1, 1, 0, 2],
    ])
    side.runtime.dispose()
  })

  it.each([",11", ",1}", ",[1]", ",1]]", ",1,]", "11]"])("is no reason to take what is no JSON: %s", async (end) => {
    const side = new Side()
    await side.begin(wasm)
    side.listen("all", "bare")
    for (let i = 0; i < 3; i++) side.text('42["bare",1]')
    side.text(`42["bare"${end}`)
    expect(side.log).toHaveLength(3)
    expect(side.errors.map(({ code }) => code)).toEqual(["SOCKET_BAD_PAYLOAD"])
    side.runtime.dispose()
  })
})
