// Builds the project's targets. A target is rebuilt only if the hash of its inputs, stored in build/.stamps, has
// changed. `npm run build` builds the package and the demo page.
//   native    the C++ tests with sanitizers
//   wasm      the WebAssembly module
//   binding   dist/, the package
//   web       the demo page
//   apps      the other apps of the browser suite
//   stub      the backend as JavaScript, which starts three times as fast as its TypeScript sources
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { finishDeclarations } from "./declarations.mjs"
import { packedModule } from "./pack-core.mjs"
import { root, setup } from "./setup.mjs"
import { renamed, withShortNames } from "./short-names.mjs"

const core = ["CMakeLists.txt", "CMakePresets.json", "wasm/core", "wasm/json.cmake"]
const wasm = [...core, "wasm/bindings", "wasm/emscripten.cmake"]
const binding = [
  ...wasm,
  "js-glue",
  "package.json",
  "package-lock.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
  "scripts/build.mjs",
  "scripts/declarations.mjs",
  "scripts/function-order.mjs",
  "scripts/pack-core.mjs",
  "scripts/short-names.mjs",
  "scripts/shrink.mjs",
]

/** What js-glue/parts-later.ts imports: each is a chunk that stands alone, dist/NAME.js. */
const chunks = {
  polling: "js-glue/drivers/polling.ts",
  offline: "js-glue/offline.ts",
  rescue: "js-glue/core/rescue.ts",
}

const targets = {
  native: {
    inputs: [...core, "wasm/bindings", "tests/core", "tests/fuzz"],
    outputs: ["build/asan/tests/core/core_tests"],
    make: makeNative,
  },
  wasm: { inputs: wasm, outputs: ["build/wasm/raclette.wasm"], make: makeWasm },
  binding: {
    inputs: binding,
    outputs: [
      "index.js",
      "inline.js",
      "vue.js",
      "react.js",
      "svelte.js",
      "testing.js",
      "vite.js",
      ...Object.keys(chunks).map((name) => `${name}.js`),
      "raclette.wasm",
      "cjs/index.js",
    ].map((name) => `dist/${name}`),
    make: makeBinding,
  },
  apps: {
    inputs: [...binding, "web/src/generated-config.ts", "tests/e2e/apps"],
    outputs: ["build/apps/raclette.html", "build/apps/react.html"],
    make: () => makePages("tests/e2e/apps"),
  },
  stub: { inputs: ["server-stub", "package-lock.json"], outputs: ["build/stub/main.js"], make: makeStub },
  web: { inputs: [...binding, "web"], outputs: ["build/web/index.html"], make: () => makePages("web") },
}

/**
 * Builds the targets `names`, in that order, if they are out of date. Exits if one fails. Returns how long each build
 * took, in ms by name.
 */
export async function build(names) {
  const durations = {}
  for (const name of names) {
    const { inputs, outputs, make } = targets[name]
    const stampFile = join(root, "build/.stamps", name)
    const stamp = hashOf(inputs)
    const hasOutputs = outputs.every((output) => existsSync(join(root, output)))
    if (hasOutputs && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) continue
    console.log(`Building ${name}`)
    // Removed first: after a failed build, the old stamp must not match.
    rmSync(stampFile, { force: true })
    const start = Date.now()
    await make()
    durations[name] = Date.now() - start
    mkdirSync(join(root, "build/.stamps"), { recursive: true })
    writeFileSync(stampFile, stamp)
  }
  return durations
}

function hashOf(inputs) {
  const hash = createHash("sha256")
  for (const file of inputs.flatMap((input) => filesOf(join(root, input)))) {
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0")
  }
  return hash.digest("hex")
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)))
}

/** Runs a program. Prints its output only if it fails, then exits. */
function run(command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } })
  if (result.status === 0) return
  console.error(result.error?.message ?? `${result.stdout}${result.stderr}`)
  console.error(`The build failed: \`${command} ${args.join(" ")}\` exited with ${result.status ?? result.signal}.`)
  process.exit(1)
}

function makeNative() {
  run("cmake", ["--preset", "asan"])
  run("cmake", ["--build", "--preset", "asan"])
}

function makeWasm() {
  // Debian's Emscripten needs JavaScript packages that only Debian's own Node finds by default.
  const modules = "/usr/share/nodejs"
  const env = existsSync(modules) ? { NODE_PATH: modules } : {}
  run("cmake", ["--preset", "wasm"], env)
  run("cmake", ["--build", "--preset", "wasm"], env)
}

/** The bundles of the binding: the modules that load the compiled core, and the parts that few pages need, in each. */
const bindings = [
  { name: "index", source: "js-glue/index.ts", core: "core-file.ts", parts: "parts-later.ts" },
  { name: "inline", source: "js-glue/inline.ts", core: "core-inline.ts", parts: "parts-inline.ts" },
  { name: "cjs", source: "js-glue/index.ts", core: "core-inline.ts", parts: "parts-inline.ts", commonJs: true },
]

const adapters = (...names) => ({
  entryPoints: names.map((name) => ({ in: `js-glue/adapters/${name}/index.ts`, out: name })),
  external: ["raclette-wasm", ...names],
})

/**
 * CommonJS bundles, for `require()` in Jest and on servers: not minified, since readable stacks matter more than size.
 */
const commonJs = { format: "cjs", minify: false, outdir: "dist/cjs", sourcemap: false }

async function makeBinding() {
  const esbuild = await import("esbuild")
  const shrink = await import("./shrink.mjs")
  const { module: renamedModule, names } = withShortNames(readFileSync(join(root, "build/wasm/raclette.wasm")))
  const { module, symbols } = shrink.shrinkModule(renamedModule)
  const options = {
    absWorkingDir: root,
    outdir: "dist",
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    sourcemap: "external",
    write: false,
  }
  mkdirSync(join(root, "build"), { recursive: true })
  rmSync(join(root, "dist"), { recursive: true, force: true })
  mkdirSync(join(root, "dist"))
  const bundle = async (name, more) => {
    const { outputFiles, metafile, mangleCache } = await esbuild.build({ ...options, ...more })
    for (const { path, text } of outputFiles.filter((file) => file.path.endsWith(".js"))) {
      const before = outputFiles.find((file) => file.path === `${path}.map`)?.text
      if (before === undefined) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, text)
        continue
      }
      const { code, map } = await shrink.shrinkScript(basename(path), text, before)
      writeFileSync(path, code)
      writeFileSync(`${path}.map`, withoutPacked(map))
    }
    // For the size bench and the test of licenses.
    writeFileSync(join(root, `build/${name}.meta.json`), JSON.stringify(metafile))
    return mangleCache
  }
  for (const { name, source, core, parts, ...rest } of bindings) {
    const alias = { "#shipped-core": join(root, "js-glue/core", core), "#parts": join(root, "js-glue", parts) }
    const mangleCache = await bundle(name, {
      entryPoints: [source],
      alias,
      plugins: [packed(module), parted],
      mangleProps: renamed,
      mangleCache: names,
      ...(rest.commonJs && commonJs),
    })
    const missing = Object.keys(mangleCache).filter((name) => !(name in names))
    if (missing.length > 0)
      throw new Error(`js-glue uses functions that the module does not export: ${missing.join(", ")}`)
  }
  const embedded = { in: "js-glue/core/core-inline.ts", out: "embedded" }
  await bundle("embedded", { entryPoints: [embedded], plugins: [packed(module)] })
  for (const [name, source] of Object.entries(chunks)) await bundle(name, { entryPoints: [{ in: source, out: name }] })
  await bundle("adapters", adapters("vue", "react", "svelte"))
  // Without svelte, which itself has no CommonJS build.
  await bundle("adapters-cjs", { ...adapters("vue", "react"), ...commonJs })
  const testing = { entryPoints: [{ in: "js-glue/testing/index.ts", out: "testing" }] }
  await bundle("testing", testing)
  await bundle("testing-cjs", { ...testing, ...commonJs })
  await bundle("vite", { entryPoints: ["js-glue/vite.ts"] })
  writeFileSync(join(root, "dist/raclette.wasm"), module)
  writeFileSync(join(root, "build/raclette.wasm.symbols"), symbols)
  makeDeclarations()
}

/** A source map without the source of the packed module, which would be most of the map. */
function withoutPacked(map) {
  const { sources, sourcesContent, ...rest } = JSON.parse(map)
  const texts = sourcesContent.map((text, i) => (sources[i].startsWith("packed:") ? null : text))
  return JSON.stringify({ ...rest, sources, sourcesContent: texts })
}

/** An esbuild plugin: `#packed-core` is the module as text, `#embedded-core` the separate chunk that contains it. */
const packed = (wasm) => ({
  name: "packed core",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#embedded-core$/ }, () => ({ path: "./embedded.js", external: true }))
    onResolve({ filter: /^#packed-core$/ }, ({ path }) => ({ path, namespace: "packed" }))
    onLoad({ filter: /.*/, namespace: "packed" }, () => ({ contents: packedModule(wasm) }))
  },
})

/** Leaves chunks where they are. */
const parted = {
  name: "chunks",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined
      const source = `${relative(root, join(resolveDir, path))}.ts`
      const [name] = Object.entries(chunks).find(([, chunk]) => chunk === source) ?? []
      if (name === undefined) throw new Error(`${source} is imported by \`import()\`, but is not a chunk`)
      return { path: `./${name}.js`, external: true }
    })
  },
}

function makeDeclarations() {
  run("npx", ["tsc", "-p", "tsconfig.build.json"])
  for (const name of ["raclette.wasm.d.ts", "raclettejs.d.ts"]) {
    copyFileSync(join(root, "js-glue", name), join(root, "dist", name))
  }
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const entries = Object.values(exports).flatMap(({ types }) => (types ? [join(root, types)] : []))
  finishDeclarations(
    entries,
    filesOf(join(root, "dist")).filter((file) => file.endsWith(".d.ts")),
  )
  copyDeclarations()
}

/** Copies the declarations for CommonJS. A package.json beside the copies sets their module type. */
function copyDeclarations() {
  const dist = join(root, "dist")
  const isEsmOnly = (file) => /(\.wasm|vite|raclettejs)\.d\.ts$|\/svelte\//.test(file)
  for (const file of filesOf(dist).filter((file) => file.endsWith(".d.ts") && !isEsmOnly(file))) {
    const copy = join(dist, "cjs", relative(dist, file))
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(file, copy)
  }
  writeFileSync(join(dist, "cjs/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`)
}

async function makeStub() {
  const esbuild = await import("esbuild")
  const plugins = readdirSync(join(root, "server-stub/plugins")).flatMap((name) => {
    const places = ["index.ts", "backend/index.ts", "server/index.ts"].map(
      (file) => `server-stub/plugins/${name}/${file}`,
    )
    return places.filter((place) => existsSync(join(root, place))).slice(0, 1)
  })
  rmSync(join(root, "build/stub"), { recursive: true, force: true })
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ["server-stub/main.ts", ...plugins],
    outbase: "server-stub",
    outdir: "build/stub",
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  })
}

function makePages(folder) {
  run("npx", ["vite", "build", folder, "--logLevel", "warn"])
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setup(["start"])
  await build(["wasm", "binding", "web"])
}
