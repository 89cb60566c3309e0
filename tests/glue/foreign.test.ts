// Languages and tools inspect any object. Here they inspect `$data`, its entities and `$socket`, which have a member
// for any name. The names that they read are operations only if the config has them.
import { isDeepStrictEqual } from "node:util"
import { describe, expect, it } from "vitest"
import type { PluginConfig } from "../../js-glue/types"
import { flush, makeRuntime } from "./harness"

const names = [
  ...["toJSON", "then", "catch", "toString", "toLocaleString", "valueOf", "constructor", "hasOwnProperty", "__proto__"],
  ...["nodeType", "nodeName", "tagName", "hasAttribute", "inspect", "asymmetricMatch", "_isMockFunction"],
  ...["effect", "render", "_isVue", "_custom", "__v_isRef", "__v_isReactive", "__ob__", "$$typeof", "$el"],
  ...["@@__IMMUTABLE_ITERABLE__@@", "__esModule", "__sentry_skip_normalization__"],
]
const symbols = [
  Symbol.toPrimitive,
  Symbol.toStringTag,
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.for("immer-draftable"),
]

async function subjects() {
  const { runtime } = await makeRuntime()
  const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
  return [
    ["$data", $data],
    ["an entity", $data.todo],
    ["an entity that no config has", $data.nothing],
    ["$socket", $socket],
    ["the runtime's $socket", runtime.$socket],
  ] as [string, Record<string, unknown>][]
}

const each = async (check: (subject: Record<string, unknown>, what: string) => unknown) => {
  for (const [what, subject] of await subjects()) await check(subject, what)
}

describe("$data, its entities and $socket", () => {
  it("convert to a plain string", () =>
    each((subject, what) => {
      expect(`${subject}`, what).toBe("[object Object]")
      expect(`${String(subject)}${[subject].join()}`, what).toBe("[object Object]".repeat(2))
      expect(Number(subject), what).toBeNaN()
      expect(subject.valueOf(), what).toBe(subject)
    }))

  it("have a JSON form", async () => {
    const json = Object.fromEntries((await subjects()).map(([what, subject]) => [what, JSON.stringify({ subject })]))
    expect(json.$data).toBe('{"subject":{"todo":{}}}')
    expect(json["an entity"]).toBe('{"subject":{}}')
    expect(json["an entity that no config has"]).toBe('{"subject":{}}')
    expect(JSON.parse(json.$socket ?? "").subject).toMatchObject({ status: {}, volatile: {} })
  })

  it("have no members that tools look for, and inherit those of Object", () =>
    each((subject, what) => {
      for (const name of [...names, ...symbols]) {
        expect(Reflect.get(subject, name), `${what}: ${String(name)}`).toBe(Reflect.get({}, name))
      }
    }))

  it("can be awaited, compared, merged and refused by a structured clone", () =>
    each(async (subject, what) => {
      expect(await subject, what).toBe(subject)
      expect(Promise.resolve(subject), what).toBeInstanceOf(Promise)
      expect(isDeepStrictEqual({ subject }, { subject: { todo: 1 } }), what).toBe(false)
      expect([subject].flat(), what).toEqual([subject])
      expect(Object.keys({ ...subject }), what).toEqual(Object.keys(subject))
      expect(() => structuredClone({ subject }), what).toThrow(expect.objectContaining({ name: "DataCloneError" }))
    }))

  it("still list the existing names in the error for an unknown one", async () => {
    const { runtime } = await makeRuntime()
    const { $data } = runtime.usePluginApi("pacifico__todo")
    for (const name of ["getAl", "effects", "toJson", "rendered", "_id", "length", "name"]) {
      expect(() => $data.todo?.[name]?.(), name).toThrow(expect.objectContaining({ code: "UNKNOWN_OPERATION" }))
      expect(() => $data[name]?.getAll?.(), name).toThrow(expect.objectContaining({ code: "UNKNOWN_ENTITY" }))
    }
  })

  it("have operations with these names if the config has them", async () => {
    const operation = { target: "/x", method: "get" }
    const odd: PluginConfig = {
      pluginName: "odd",
      author: "acme",
      pluginKey: "acme__odd",
      data: {
        effect: { type: "effect", operations: Object.fromEntries(names.map((name) => [name, operation])) },
        render: { type: "text", operations: { inspect: operation } },
      },
    }
    const { runtime, platform } = await makeRuntime({ plugins: [odd] })
    const { $data } = runtime.usePluginApi("acme__odd")
    for (const name of names) void $data.effect?.[name]?.({ options: { useCache: false } }).execute()
    void $data.render?.inspect?.().execute()
    await flush()
    expect(platform.requests).toHaveLength(names.length + 1)
  })

  it("receive channels with these names by $socket.on", async () => {
    const { runtime } = await makeRuntime()
    const { $socket } = runtime.usePluginApi("pacifico__todo")
    for (const name of names) expect($socket.on(name, () => {})).toBeTypeOf("function")
    expect($socket.todoCreated.on).toBeTypeOf("function")
    expect($socket._private.on).toBeTypeOf("function")
  })
})
