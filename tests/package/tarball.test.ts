// The contents of the tarball, and the results of package linters.
import { readdir, readFile, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import { build } from "esbuild"
import { publint } from "publint"
import { describe, expect, inject, it } from "vitest"
import { root, run } from "../support/process"
import { entries, folder, installed, modules } from "./user"

const packed = inject("packed")

/** What `raclette-wasm` imports later. */
const chunks = ["embedded.js", "offline.js", "polling.js", "rescue.js"]

const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8"))

/**
 * What a file says to whoever loads it: of a source map, all but the sources, whose comments may name what they like.
 */
function loadedPartOf(file: string, text: string): string {
  return file.endsWith(".map") ? JSON.stringify({ ...JSON.parse(text), sourcesContent: [] }) : text
}

describe("the tarball", () => {
  it("holds the package, its documents and nothing else", () => {
    const others = packed.filter((path) => !/^(dist|docs)\//.test(path))
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "THIRD-PARTY-NOTICES.txt", "package.json"])
    // Neither the site's sources nor pictures, which readers of the package's files do not need.
    const inDocs = packed.filter((path) => path.startsWith("docs/"))
    expect(inDocs.filter((path) => !/^docs\/(deploy\/\w+(\.\w+)?|[\w.-]+\.md)$/.test(path))).toEqual([])
    expect(inDocs).not.toContain("docs/index.md")
    const inDist = packed.filter((path) => path.startsWith("dist/"))
    const endings = inDist.map((path) => path.replace(/.*?\./, "."))
    expect([...new Set(endings)].sort()).toEqual([".d.ts", ".js", ".js.map", ".json", ".wasm", ".wasm.d.ts"])
    const shipped = inDist.filter((path) => /\.(js|wasm)$/.test(path)).map((path) => `./${path}`)
    const files = entries.map(({ file }) => file).filter((file) => /^\.\/dist\/.*(?<!\.d\.ts)$/.test(file))
    const commonJs = new Set(entries.flatMap((entry) => (entry.commonJs ? [entry.commonJs.default] : [])))
    expect(shipped.sort()).toEqual([...files, ...commonJs, ...chunks.map((name) => `./dist/${name}`)].sort())
  })

  it("brings no dependencies and no install scripts", () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([])
  })

  it("has the entries that its documents name", () => {
    const names = entries.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(["raclette-wasm", "raclette-wasm/inline", "raclette-wasm/runtime.wasm"]),
    )
  })

  it("has README links to files that are there", async () => {
    const readme = await readFile(join(root, "README.md"), "utf8")
    for (const [, link] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) await stat(join(root, link as string))
  })

  it("names no address to load anything from", async () => {
    const files = (await readdir(join(installed, "dist"), { recursive: true })).filter((file) => /\.[a-z]+$/.test(file))
    expect(files.length).toBeGreaterThan(4)
    const named: string[] = []
    for (const file of files) {
      const text = loadedPartOf(file, await readFile(join(installed, "dist", file), "latin1"))
      const addresses = text.match(/\b(https?|wss?):\/\/[a-z0-9][^\s"'`]*/gi) ?? []
      named.push(...addresses.filter((address) => !/^\w+:\/\/(localhost|127\.0\.0\.1)\b/.test(address)))
    }
    expect(named).toEqual([])
  })
})

describe("THIRD-PARTY-NOTICES.txt", async () => {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim()
  const notices = await readFile(join(installed, "THIRD-PARTY-NOTICES.txt"), "utf8")

  /** The npm packages that esbuild bundled into any of the entries. */
  async function bundled(): Promise<string[]> {
    const found = new Set<string>()
    for (const name of ["index", "inline", "cjs", "adapters", "adapters-cjs"]) {
      const { inputs } = JSON.parse(await readFile(join(root, `build/${name}.meta.json`), "utf8"))
      for (const path of Object.keys(inputs)) {
        const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1]
        if (name) found.add(name)
      }
    }
    return [...found].sort()
  }

  it("names each bundled package with its licence and that licence's text", async () => {
    const packages = await bundled()
    expect(packages).toEqual(["@preact/signals-core", "idb-keyval"])
    for (const name of packages) {
      const of = join(root, "node_modules", name)
      const { license } = JSON.parse(await readFile(join(of, "package.json"), "utf8"))
      expect(notices).toContain(`\n${name} (${license})\n`)
      const file = (await readdir(of)).find((entry) => /^licen[cs]e/i.test(entry))
      expect(plain(notices)).toContain(plain(await readFile(join(of, file ?? "LICENSE"), "utf8")))
    }
  })

  it.each([
    ["nlohmann/json", "MIT", "Copyright (c) 2013-2022 Niels Lohmann"],
    ["Emscripten", "MIT, or University of Illinois/NCSA", "Copyright (c) 2010-2014 Emscripten authors"],
    ["musl", "MIT", "Copyright © 2005-2020 Rich Felker, et al."],
    ["LLVM", "Apache-2.0 WITH LLVM-exception", "LLVM Exceptions to the Apache 2.0 License"],
  ])("names what the module is linked with: %s", (name, licence, part) => {
    expect(notices).toContain(`\n${name} (${licence})\n`)
    expect(notices).toContain(part)
  })
})

describe.each(entries.filter(({ key }) => key !== "./package.json"))("the entry $key", (entry) => {
  const { key, types, file, commonJs } = entry
  it("has its files, types first", async () => {
    const conditions = file === types ? ["types"] : ["types", "default"]
    expect(Object.keys(manifest.exports[key])).toEqual(commonJs ? ["require", ...conditions] : conditions)
    if (commonJs) expect(Object.keys(commonJs)).toEqual(["types", "default"])
    for (const path of [types, file, ...Object.values(commonJs ?? {})]) await stat(join(installed, path as string))
  })
})

describe.each(modules)("the module $key", ({ file }) => {
  it("imports nothing but what is a peer", async () => {
    const { metafile } = await build({
      entryPoints: [join(installed, file)],
      bundle: true,
      format: "esm",
      packages: "external",
      metafile: true,
      write: false,
    })
    const imported = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
    const peers = Object.keys(manifest.peerDependencies ?? {})
    expect(imported.filter((path) => !peers.some((peer) => path === peer || path.startsWith(`${peer}/`)))).toEqual([])
    const others = Object.keys(metafile.inputs).filter((path) => !path.endsWith(file.replace("./", "")))
    expect(others.map((path) => basename(path)).sort()).toEqual(file === "./dist/index.js" ? chunks : [])
  })
})

describe("the checkers of packages", () => {
  it("publint finds nothing", async () => {
    const tarball = await readFile(inject("tarball"))
    const { messages } = await publint({ pack: { tarball: Uint8Array.from(tarball).buffer }, strict: true })
    expect(messages).toEqual([])
  })

  it("attw finds nothing", async () => {
    const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js")
    // What has no CommonJS is for tools that are ES modules themselves.
    const options = [
      "--profile",
      "node16",
      "--ignore-rules",
      "cjs-resolves-to-esm",
      "--no-definitely-typed",
      "--format",
      "json",
    ]
    const { code, stdout, stderr } = await run(process.execPath, [attw, inject("tarball"), ...options], { cwd: folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    const { entrypoints } = JSON.parse(stdout).analysis
    for (const { key, types } of entries.filter((entry) => entry.types)) {
      for (const kind of ["node16-esm", "bundler"]) {
        const found = entrypoints[key].resolutions[kind].resolution.fileName
        expect(found).toBe(join("/node_modules/raclette-wasm", types as string))
      }
    }
  })
})
