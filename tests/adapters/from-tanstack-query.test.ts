// Runs the React component of docs/from-tanstack-query.md unchanged.
import { transform } from "esbuild"
import { beforeAll, describe, expect, it } from "vitest"
import { codeBlocks } from "../support/migration"
import { loadReact, type ReactBundle, reactVersions } from "./frameworks"
import { connect, eventFrame, items } from "./harness"
import { openPage } from "./page"
import { openReact } from "./react-harness"

const imports = 'import { useMutation, usePluginApi, useQuery } from "raclette-wasm/react"'
const code = (await codeBlocks("from-tanstack-query.md"))["Todos.tsx"] as string

describe.each(reactVersions)("react%s", (suffix) => {
  let bundle: ReactBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadReact(suffix)
  })

  it("lists, creates, and follows events", async () => {
    expect(code).toContain(imports)
    const plain = code.replace(imports, "").replace("export function", "function")
    const compiled = await transform(plain, { loader: "tsx", jsx: "transform", jsxFactory: "createElement" })
    const { createElement } = bundle.react
    const { useMutation, usePluginApi, useQuery } = bundle.adapter
    const names = { createElement, useMutation, usePluginApi, useQuery }
    const Todos = new Function(...Object.keys(names), `${compiled.code}; return Todos`)(...Object.values(names))

    const { mount, h, act, answer, open, runtime, platform, problems } = await openReact(bundle)
    const connection = await connect(runtime, platform)
    const { element } = await mount(h(Todos))
    expect(element.textContent).toBe("…")
    await answer("Milk")
    expect(element.textContent).toBe("Milk")

    document.body.append(element)
    await act(() => element.querySelector("ul")?.click())
    expect(open()).toEqual(["/todo"])
    await answer("Tea")
    expect(element.textContent).toBe("MilkTea")

    await act(() => connection.text(eventFrame("todoCreated", items("Bread"))))
    await act(() => platform.advance(1000))
    await answer("Milk", "Tea", "Bread")
    expect(element.textContent).toBe("MilkTeaBread")
    expect(problems).toEqual([])
  })
})
