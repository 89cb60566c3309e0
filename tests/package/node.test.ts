// The package in Node, also for server rendering: importing has no side effects, README's example runs, and a missing
// core is reported.
import { copyFile, cp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"
import { describe, expect, inject, it } from "vitest"
import { peerDependencies } from "../../package.json"
import { tokenOf } from "../support/backend"
import { run } from "../support/process"
import { codeBlock, entries, folder, installed, modules, plainConfig, write } from "./user"

const backendUrl = inject("backendUrl")
const node = (...args: string[]) => run(process.execPath, args, { cwd: folder })

/** Tries to make a runtime, before and after the missing file is put where it belongs; prints what the log hears. */
const twice = (entry: string) => `
  import { copyFile } from "node:fs/promises"
  import { createRuntime } from "${entry}"
  class WebSocket {}
  const log = { sink: ({ title, message }) => console.log(title, message) }
  const attempt = () => createRuntime({ url: "http://backend.test", WebSocket, log, socket: { autoConnect: false } })
  const error = await attempt().catch((thrown) => thrown)
  console.log(error.code, error.message)
  await copyFile(process.argv[2], process.argv[3])
  const runtime = await attempt()
  console.log(runtime.$socket.status.value)
  runtime.dispose()`

describe.each(modules)("importing $name on a server", ({ name }) => {
  it("does nothing and throws nothing: no global, no change of a built-in, no timer, no request, no code from text", async () => {
    // A framework does at its import what it does; that is not the adapter's doing. Svelte's is not all in its main
    // entry.
    const parts = [...Object.keys(peerDependencies), "svelte/attachments"]
    const frameworks = parts.map((part) => `await import("${part}")`)
    const code = `${frameworks.join("\n")}
      for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]) {
        globalThis[name] = () => { throw new Error(name + " was called") }
      }
      const before = Reflect.ownKeys(globalThis)
      await import("${name}")
      const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key))
      console.log(typeof window, added.length)`
    const strict = ["--frozen-intrinsics", "--disallow-code-generation-from-strings", "--no-warnings"]
    expect(await node(...strict, "--input-type=module", "-e", code)).toEqual({
      code: 0,
      stdout: "undefined 0\n",
      stderr: "",
    })
  })
})

describe("in Node", () => {
  it.each(["raclette-wasm", "raclette-wasm/inline"])("%s runs the README's example with `ws`", async (entry) => {
    const file = `${entry.replace("/", "-")}.mjs`
    const code = (await codeBlock("README.md", "js")).replaceAll("http://127.0.0.1:8082", backendUrl)
    await write({ [file]: code.replace('"raclette-wasm"', `"${entry}"`) })
    expect(await node(file)).toEqual({
      code: 0,
      stdout: "ui/addToSnackbar raclette { message: 'hello' }\n",
      stderr: "",
    })
  })

  it("hears the backend", async () => {
    await write({
      "config.mjs": await plainConfig(),
      "listen.mjs": `import { createRuntime } from "raclette-wasm"
       import { WebSocket } from "ws"
       import config from "./config.mjs"
       const [url, token, name] = process.argv.slice(2)
       const runtime = await createRuntime({ url, plugins: [config], WebSocket, auth: { token }, log: { sink() {} } })
       const { $data, $socket } = runtime.usePluginApi(config.pluginKey)
       const ours = ({ body }) => body.items[0].name === name
       const created = $socket.waitFor("todoCreated", { filter: ours })
       runtime.$socket.status.subscribe((status) => {
         if (status === "connected") $data.todo.create().execute({ name })
       })
       console.log((await created).body.items[0].name)
       const { result } = await $data.todo.getAll().execute()
       console.log(result.find((todo) => todo.name === name).name)
       runtime.dispose()`,
    })
    const { stdout, stderr } = await node("listen.mjs", backendUrl, await tokenOf(backendUrl, "node"), "From Node")
    expect({ stdout, stderr }).toEqual({ stdout: "From Node\nFrom Node\n", stderr: "" })
  })

  it("needs no WebSocket to make a runtime that does not connect, and says what is missing when it does", async () => {
    const code = `import { createRuntime } from "raclette-wasm"
      delete globalThis.WebSocket
      const url = "http://127.0.0.1:1"
      await createRuntime({ url }).catch(({ code, message }) => console.log(code, message))
      const runtime = await createRuntime({ url, socket: { autoConnect: false } })
      console.log(runtime.$socket.status.value)
      runtime.$socket.reason.subscribe((reason) => reason && (console.log(reason.message), runtime.dispose()))
      runtime.connect()`
    const { stdout, stderr } = await node("--input-type=module", "-e", code)
    const advice = "this platform has no WebSocket: pass one as `WebSocket`, for example that of `ws`"
    const [atOnce, status, later] = stdout.split("\n")
    expect({ status, stderr }).toEqual({ status: "closed", stderr: "" })
    expect(atOnce).toMatch(/^BAD_ARGUMENT /)
    for (const line of [atOnce, later]) expect(line).toContain(advice)
  })

  it("CommonJS gets the same by `require`", async () => {
    await write({
      "common.cjs": `const { createRuntime, RacletteError } = require("raclette-wasm")
        const { createRuntime: inline } = require("raclette-wasm/inline")
        createRuntime({ url: "http://backend.test", socket: { autoConnect: false } }).then(async (runtime) => {
          console.log(runtime.$socket.status.value, inline === createRuntime)
          await createRuntime({ url: "no address", socket: { autoConnect: false } }).catch((error) => console.log(error instanceof RacletteError, error.code))
          runtime.dispose()
        })`,
    })
    expect(await node("common.cjs")).toEqual({ code: 0, stdout: "closed true\ntrue BAD_CONFIG\n", stderr: "" })
  })

  it.each(entries.filter(({ commonJs }) => commonJs))(
    "`require` offers what `import` does: $name",
    async ({ name }) => {
      const code = `const names = (module) => Object.keys(module).filter((name) => name !== "default").sort().join()
      import("${name}").then((module) => console.log(names(module) === names(require("${name}")), names(module)))`
      await write({ "names.cjs": code })
      expect((await node("names.cjs")).stdout).toMatch(/^true \w+/)
    },
  )

  it("both entries offer the same", async () => {
    const [main, inline] = await Promise.all(
      ["index.js", "inline.js"].map((file) => import(join(installed, "dist", file))),
    )
    expect(Object.keys(main).sort()).toEqual(Object.keys(inline).sort())
    expect(await readFile(join(installed, "dist/inline.d.ts"), "utf8")).toContain('export * from "./index.js"')
  })
})

describe("a core that is not there", () => {
  const wasm = join(installed, "dist/raclette.wasm")
  const said = (place: string) =>
    new RegExp(
      `^WASM_LOAD_FAILED .*${place}/raclette\\.wasm cannot be read: ENOENT.*Copy \`raclette\\.wasm\` there.*\\nclosed\\n$`,
    )

  it("is told of where the embedded copy is missing too, and loaded once it is there", async () => {
    await cp(installed, join(folder, "broken"), { recursive: true })
    const missing = join(folder, "broken/dist/raclette.wasm")
    await rm(missing)
    await rm(join(folder, "broken/dist/embedded.js"))
    await write({ "missing.mjs": twice("./broken/dist/index.js") })
    const { stdout, stderr } = await node("missing.mjs", wasm, missing)
    expect(stderr).toBe("")
    expect(stdout).toMatch(said("broken/dist"))
  })

  it("is the embedded copy in a bundle without its file", async () => {
    await write({
      "bundle.mjs": `import { createRuntime } from "raclette-wasm"
        const runtime = await createRuntime({ url: "http://backend.test", socket: { autoConnect: false } })
        console.log(runtime.$socket.status.value)
        runtime.dispose()`,
    })
    const outfile = join(folder, "server/bundle.mjs")
    await build({ entryPoints: [join(folder, "bundle.mjs")], bundle: true, platform: "node", format: "esm", outfile })
    const { stdout, stderr } = await node(outfile)
    expect(stderr).toBe("")
    expect(stdout).toMatch(
      /The embedded copy of raclette\.wasm is in use[\s\S]*server\/raclette\.wasm cannot be read[\s\S]*\nclosed\n$/,
    )
  })

  it("is not called at random where its file is of another build, however alike", async () => {
    const bytes = await readFile(wasm)
    const starter = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).find(({ name }) => /^v\w{8}$/.test(name))
    const at = bytes.indexOf(starter?.name ?? "none")
    expect(at).toBeGreaterThan(0)
    bytes.write("v00000000", at)
    await writeFile(join(folder, "other.wasm"), bytes)
    const url = pathToFileURL(join(folder, "other.wasm"))
    await write({
      "other.mjs": `import { createRuntime } from "raclette-wasm"
        class WebSocket {}
        const options = { url: "http://backend.test", WebSocket, wasm: { url: "${url}" } }
        await createRuntime(options).catch(({ message }) => console.log(message))`,
    })
    const { stdout } = await node("other.mjs")
    expect(stdout).toMatch(
      /not that of this version of raclette-wasm: .*\. Serve `raclette\.wasm` of this version there/,
    )
  })

  it.each(["esm", "cjs"] as const)("is not missed by the inline entry in a bundle (%s)", async (format) => {
    const code = (await codeBlock("README.md", "js")).replace('"raclette-wasm"', '"raclette-wasm/inline"')
    const isModule = format === "esm"
    await write({
      "inline-bundle.mjs": isModule
        ? code
        : code.replace(/const runtime = await (.*)\n([\s\S]*)/, "$1.then((runtime) => {\n$2})"),
    })
    const outfile = join(folder, `inline-server/${isModule ? "bundle.mjs" : "bundle.cjs"}`)
    const external = ["ws"]
    await build({
      entryPoints: [join(folder, "inline-bundle.mjs")],
      bundle: true,
      platform: "node",
      format,
      outfile,
      external,
    })
    expect(await node(outfile)).toEqual({
      code: 0,
      stdout: "ui/addToSnackbar raclette { message: 'hello' }\n",
      stderr: "",
    })
    await expect(copyFile(join(folder, "inline-server/raclette.wasm"), "/dev/null")).rejects.toThrow("ENOENT")
  })
})
