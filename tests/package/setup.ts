// The shared set-up of this suite: the packed tarball, installed in an empty folder as by a user, with this project's
// tools linked beside it; one backend; one browser.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { chromium } from "@playwright/test"
import type { TestProject } from "vitest/node"
import { Backend } from "../support/backend"
import { launchOptions } from "../support/chromium"
import { root, run } from "../support/process"

declare module "vitest" {
  interface ProvidedContext {
    /** The user's folder: `node_modules` has the package and the tools. */
    folder: string
    tarball: string
    /** Paths in the tarball. */
    packed: string[]
    backendUrl: string
    browserEndpoint: string
  }
}

/** What a user has installed beside the package: what it can be used with, and what a test runs. */
const tools = [
  "esbuild",
  "rollup",
  "@rollup/plugin-node-resolve",
  "typescript",
  "vite",
  "@vitejs/plugin-vue",
  "webpack",
  "ws",
]

async function npm(args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd })
  if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${stderr}`)
  return stdout
}

async function install(folder: string): Promise<{ tarball: string; packed: string[] }> {
  const output = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root)
  const pack = (JSON.parse(output) as { filename: string; files: { path: string }[] }[])[0]
  if (!pack) throw new Error(`npm pack printed no tarball: ${output}`)
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }))
  await npm(["install", `./${pack.filename}`, "--offline", "--omit=peer", "--legacy-peer-deps"], folder)
  const { peerDependencies = {} } = JSON.parse(await readFile(join(root, "package.json"), "utf8"))
  for (const name of [...tools, ...Object.keys(peerDependencies)]) {
    const link = join(folder, "node_modules", name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, "node_modules", name), link)
  }
  return { tarball: join(folder, pack.filename), packed: pack.files.map(({ path }) => path) }
}

export default async function setup({ provide }: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), "raclette-package-"))
  const [{ tarball, packed }, backend, browser] = await Promise.all([
    install(folder),
    Backend.create(),
    chromium.launchServer(launchOptions),
  ])
  provide("folder", folder)
  provide("tarball", tarball)
  provide("packed", packed)
  provide("backendUrl", backend.url)
  provide("browserEndpoint", browser.wsEndpoint())
  return async () => {
    await browser.close()
    await backend.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}
