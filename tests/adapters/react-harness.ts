// Renders React components below a provider with `act`, and records React's warnings.
import type { ReactNode } from "react"
import { onTestFinished, vi } from "vitest"
import type { QueryState } from "../../js-glue/adapters/react"
import type { Operation, QueryArgs } from "../../js-glue/types"
import type { ReactBundle } from "./frameworks"
import { items, makeRuntime, type Todo } from "./harness"

export const pluginKey = "pacifico__todo"
const acting = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }

/** Arguments of a hook, with any params. */
export type Args = Omit<QueryArgs<Todo>, "params"> & { params?: QueryArgs["params"] | null }

/** One runtime, and helpers that render with it. Each test creates its own. */
export async function openReact(bundle: ReactBundle) {
  acting.IS_REACT_ACT_ENVIRONMENT = true
  const rig = await makeRuntime()
  const problems: string[] = []
  const error = vi.spyOn(console, "error").mockImplementation((...said) => problems.push(said.join(" ")))
  onTestFinished(() => {
    error.mockRestore()
    rig.runtime.dispose()
  })
  const { react, client, adapter } = bundle
  const h = (type: unknown, props: object = {}, ...children: ReactNode[]) =>
    react.createElement(type as string, props, ...children)
  const act = (work: () => void | Promise<void>) => react.act(async () => work())
  const provide = (below: ReactNode) => h(adapter.RacletteProvider, { runtime: rig.runtime, pluginKey }, below)

  class Boundary extends react.Component<{ children?: ReactNode }> {
    static getDerivedStateFromError = (thrown: unknown) => ({ text: String(thrown) })
    override state = { text: "" }
    override render = () => this.state.text || this.props.children
  }

  /** Mounts below the provider and an error boundary, which shows thrown errors. */
  async function mount(node: ReactNode, { strict = false } = {}) {
    const element = document.createElement("div")
    const root = client.createRoot(element)
    const tree = (below: ReactNode) =>
      h(strict ? react.StrictMode : react.Fragment, {}, provide(h(Boundary, {}, below)))
    const render = (below: ReactNode) => act(() => root.render(tree(below)))
    await render(node)
    return { element, render, unmount: () => act(() => root.unmount()) }
  }

  const operation = ($data: unknown, name: string) =>
    ($data as { todo: Record<string, Operation> }).todo[name] as Operation

  /** A component that shows the result of one operation. `seen` gets the state of each render. */
  function reader(name: string, seen: QueryState<Todo>[] = []) {
    return function Reader({ args }: { args?: Args }) {
      const { $data } = adapter.usePluginApi()
      const state = adapter.useQuery<Todo>(operation($data, name), args)
      seen.push(state)
      return h("p", {}, textOf(state))
    }
  }

  /** The open requests, as paths. */
  const open = () => rig.platform.requests.map(({ url }) => url.replace("http://backend.test", ""))
  const answer = (...names: string[]) => act(() => rig.platform.request().answered(200, items(...names)))
  const refuse = (status: number) => act(() => rig.platform.request().answered(status, { message: "no" }))
  return { ...rig, problems, h, act, provide, mount, operation, reader, open, answer, refuse }
}

/** The readable part of a state. */
export function textOf({ isLoading, error, dataArr, data }: QueryState<Todo>): string {
  if (Object.keys(data).join() !== dataArr.map(({ _id }) => _id).join()) throw new Error("data is not dataArr")
  return [isLoading && "loading", error?.code, ...dataArr.map(({ name }) => name)].filter(Boolean).join(" ")
}
