// The API and the results of useQuery, passed to code that inspects any object (see vue-foreign.test.ts), and rendered
// by React.
import { inspect } from "node:util"
import { beforeAll, describe, expect, it } from "vitest"
import type { PluginApi } from "../../js-glue/types"
import { loadReact, type ReactBundle, reactVersions } from "./frameworks"
import { openPage } from "./page"
import { openReact } from "./react-harness"

const names = ["effect", "toJSON", "nodeType", "$$typeof", "then", "render", "hasAttribute", "constructor", "toString"]

describe.each(reactVersions)("react%s", (suffix) => {
  let bundle: ReactBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadReact(suffix)
  })

  async function opened() {
    const page = await openReact(bundle)
    let api: PluginApi | undefined
    const User = () => {
      api = bundle.adapter.usePluginApi()
      return null
    }
    await page.mount(page.h(User))
    return { ...page, api: api as unknown as PluginApi }
  }

  it("the API is text, JSON, printed and compared as any object is", async () => {
    const { api } = await opened()
    for (const part of [api.$data, api.$data.todo, api.$socket, api.$eventbus] as object[]) {
      expect(`${part}`).toBe("[object Object]")
      for (const name of names) expect(Reflect.get(part, name), name).toBe(Reflect.get({}, name))
      expect(() => structuredClone(part)).toThrow(expect.objectContaining({ name: "DataCloneError" }))
      expect(inspect(part)).toBeTypeOf("string")
      expect(part).toEqual(part)
    }
    expect(JSON.parse(JSON.stringify({ api })).api).toMatchObject({ $data: { todo: {} }, $socket: { status: {} } })
  })

  it("React reports that each is not a valid child, with its names", async () => {
    const { api, mount, h } = await opened()
    for (const part of [api.$data, api.$socket]) {
      const Wrong = () => part as never
      const { element } = await mount(h(Wrong))
      expect(element.textContent).toContain("Objects are not valid as a React child")
    }
  })

  it("a part can be handed to another API", async () => {
    const { api, mount, h, runtime } = await opened()
    const heard: unknown[] = []
    runtime.$eventbus.on("e", ({ data }) => heard.push(data))
    const Other = () => {
      const { $eventbus, $socket } = bundle.adapter.usePluginApi({
        pluginKey: "acme__shop",
        $eventbus: { ...api.$eventbus },
        $socket: api.$socket,
      })
      bundle.react.useEffect(() => $eventbus.global.emit("e", bundle.react.version !== ""), [$eventbus])
      return bundle.adapter.useRacletteRef($socket.status)
    }
    const { element } = await mount(h(Other))
    expect(element.textContent).toBe("closed")
    expect(heard).toEqual([true])
  })
})
