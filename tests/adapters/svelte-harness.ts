// Svelte components written in tests: compiled by each supported version, for pages and servers, and bundled with the
// adapter's sources so that all share one copy of Svelte.
import { createRequire } from "node:module"
import { join } from "node:path"
import { transform } from "esbuild"
import type { Component } from "svelte"
import type * as compiler from "svelte/compiler"
import { onTestFinished, vi } from "vitest"
import type * as adapter from "../../js-glue/adapters/svelte"
import type { Runtime } from "../../js-glue/types"
import { root } from "../support/process"
import { importBundled, virtualFiles } from "./bundled"
import { flush, items, makeRuntime } from "./harness"

/** Versions of Svelte, by package name. */
export const svelteVersions = ["svelte", "svelte-5.38"] as const
export type SvelteVersion = (typeof svelteVersions)[number]

export const pluginKey = "pacifico__todo"

/** The bundle of a page. */
export interface SvelteBundle<Name extends string = string> {
  svelte: typeof import("svelte")
  adapter: typeof adapter
  // biome-ignore lint/suspicious/noExplicitAny: the props of a component are its own
  components: Record<Name, Component<any>>
}

/** The bundle of a server. */
export interface SvelteServerBundle<Name extends string = string> extends SvelteBundle<Name> {
  server: typeof import("svelte/server")
}

/** The texts of files by name: `.svelte` components, and `.svelte.ts` modules that they import. */
type Sources<Name extends string> = Record<Name, string>

/** Builds a page's bundle, cached by its sources. */
export const loadSvelte = <Name extends string>(version: SvelteVersion, sources: Sources<Name>) =>
  once<SvelteBundle<Name>>(version, sources, "client")

export const loadSvelteServer = <Name extends string>(version: SvelteVersion, sources: Sources<Name>) =>
  once<SvelteServerBundle<Name>>(version, sources, "server")

const loaded = new WeakMap<object, Map<string, Promise<unknown>>>()

function once<T>(version: SvelteVersion, sources: Record<string, string>, side: "client" | "server"): Promise<T> {
  const bundles = loaded.get(sources) ?? new Map<string, Promise<unknown>>()
  loaded.set(sources, bundles)
  const name = `${version}-${side}`
  const bundle = bundles.get(name) ?? load(version, sources, side)
  bundles.set(name, bundle)
  return bundle as Promise<T>
}

function load(version: SvelteVersion, sources: Record<string, string>, side: "client" | "server"): Promise<unknown> {
  const names = Object.keys(sources).filter((name) => name.endsWith(".svelte"))
  const lines = [
    ...['import * as svelte from "svelte"', 'import * as adapter from "raclette-wasm/svelte"'],
    ...(side === "server" ? ['import * as server from "svelte/server"', "export { server }"] : []),
    ...names.map((name, i) => `import c${i} from "./${name}"`),
    `export const components = { ${names.map((name, i) => `${JSON.stringify(name)}: c${i}`).join()} }`,
    "export { svelte, adapter }",
  ]
  return importBundled(`${version}-${side}`, lines.join("\n"), {
    conditions: ["import", "development", ...(side === "client" ? ["browser"] : [])],
    external: side === "server" ? ["node:*"] : [],
    alias: {
      "raclette-wasm/svelte": join(root, "js-glue/adapters/svelte/index.ts"),
      ...(version !== "svelte" && { svelte: version }),
    },
    plugins: [virtualFiles(/\.svelte(\.ts)?$/, sources, (name, text) => compiled(version, side, name, text))],
  })
}

async function compiled(version: SvelteVersion, generate: "client" | "server", filename: string, text: string) {
  const { compile, compileModule } = createRequire(import.meta.url)(`${version}/compiler`) as typeof compiler
  const options = { generate, dev: true, filename } as const
  if (filename.endsWith(".ts")) {
    const { code } = await transform(text, { loader: "ts", target: "esnext" })
    return compileModule(code, options).js.code
  }
  const asynchronous = version === "svelte" ? { experimental: { async: true } } : {}
  return compile(text, { ...options, runes: true, ...asynchronous }).js.code
}

/** Provides the runtime to the component `of`, with its props. The root of every test's page. */
export const Host = `<script>
  import { setRaclette } from "raclette-wasm/svelte"
  import { untrack } from "svelte"
  const { runtime, pluginKey, of: Of, ...props } = $props()
  setRaclette(() => runtime, { pluginKey: untrack(() => pluginKey) })
</script>
<Of {...props} />`

/** One runtime, and a page that uses it. */
export async function openSvelte<Name extends string>(bundle: SvelteBundle<Name | "Host.svelte">) {
  const rig = await makeRuntime()
  const problems: string[] = []
  for (const name of ["warn", "error"] as const) {
    const spy = vi.spyOn(console, name).mockImplementation((...said) => problems.push(said.join(" ")))
    onTestFinished(() => spy.mockRestore())
  }
  onTestFinished(() => rig.runtime.dispose())
  const { mount, unmount, hydrate, flushSync } = bundle.svelte

  /**
   * Mounts a component on the page. `target`: the server's markup, to hydrate. `isAlone`: without a provided
   * runtime.
   */
  function show(
    name: Name,
    props: object = {},
    given: { runtime?: Runtime; target?: Element; isAlone?: boolean } = {},
  ) {
    const target = given.target ?? document.createElement("div")
    const put = given.target ? hydrate : mount
    const hosted = { runtime: given.runtime ?? rig.runtime, pluginKey, of: bundle.components[name], ...props }
    const made = given.isAlone
      ? put(bundle.components[name], { target, props })
      : put(bundle.components["Host.svelte"], { target, props: hosted })
    flushSync()
    return { element: target, unmount: () => unmount(made) }
  }
  const open = () => rig.platform.requests.map(({ url }) => url.replace("http://backend.test", ""))
  const settle = async () => {
    await flush()
    flushSync()
  }
  const answer = async (...names: string[]) => {
    await flush()
    rig.platform.request().answered(200, items(...names))
    await settle()
  }
  const refuse = async (status: number) => {
    await flush()
    rig.platform.request().answered(status, { message: "no" })
    await settle()
  }
  return { ...rig, problems, show, open, settle, answer, refuse }
}

/** The text of an element without what marks blocks. */
export const textOf = (element: { textContent: string | null }): string =>
  (element.textContent ?? "").replace(/\s+/g, " ").trim()
