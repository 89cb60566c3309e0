// The files of docs/deploy. No container runs here: the steps of the image's build and its program run in folders, and
// the files are compared with each other and with the backend.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { parse } from "yaml"
import { freePort } from "../support/backend"
import { root, run } from "../support/process"

const read = (file: string) => readFileSync(join(root, file), "utf8")
const dockerfile = read("docs/deploy/Dockerfile")

interface Service {
  build?: { context: string; dockerfile: string }
  environment?: Record<string, string>
  depends_on?: Record<string, unknown>
  volumes?: string[]
}
const { services } = parse(read("docs/deploy/compose.yaml")) as { services: Record<string, Service> }
const nodes = Object.keys(services).filter((name) => services[name]?.build)

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "raclette-deploy-"))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The stages of the Dockerfile, each a list of instructions. */
const stages = dockerfile
  .split(/^FROM .*$/m)
  .slice(1)
  .map((stage) => [...stage.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, name = "", rest = ""]) => ({ name, rest })))

describe("the image", () => {
  it("builds from the files that it copies, and serves in production", async () => {
    const [building = [], running = []] = stages
    const built = folder()
    for (const { name, rest } of building) {
      const [from = "", to = ""] = rest.split(/ (?=\S+$)/)
      if (name === "COPY")
        for (const one of from.split(" "))
          cpSync(join(root, one), join(built, to === "./" ? one : to), { recursive: true })
      if (name !== "RUN") continue
      // The packages that `npm ci` would install are already installed.
      if (rest.startsWith("npm ci")) symlinkSync(join(root, "node_modules"), join(built, "node_modules"))
      else expect(await run("sh", ["-c", rest], { cwd: built })).toMatchObject({ code: 0 })
    }
    const app = folder()
    for (const { rest } of running.filter(({ name }) => name === "COPY")) {
      const [, source = "", to = ""] = /^--from=build \/app\/(\S+) (\S+)$/.exec(rest) ?? []
      const target = join(app, to === "./" ? source : to)
      if (source === "node_modules") symlinkSync(join(root, source), target)
      else cpSync(join(built, source), target, { recursive: true })
    }
    const settings = running.find(({ name }) => name === "ENV")?.rest.split(" ") ?? []
    const port = await freePort()
    const env = { ...Object.fromEntries(settings.map((one) => one.split("="))), HOST: "127.0.0.1", PORT: String(port) }
    const [command, ...args] = JSON.parse(running.find(({ name }) => name === "CMD")?.rest ?? "[]") as string[]
    const child = spawn(String(command), args, {
      cwd: app,
      env: { PATH: process.env.PATH, ...env, RACLETTE_DATA: folder(), JWT_SECRET: "of the test" },
      stdio: ["ignore", "pipe", "inherit"],
    })
    onTestFinished(() => void child.kill("SIGKILL"))
    await once(child.stdout, "data")
    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toMatchObject({ status: "ok" })
    child.kill("SIGTERM")
    expect((await once(child, "exit"))[0]).toBe(0)
  })
})

describe("the services", () => {
  it("are built by the Dockerfile, and are nginx' upstreams", () => {
    for (const name of nodes) {
      const { context = "", dockerfile: file = "" } = services[name]?.build ?? {}
      expect(join("docs/deploy", context)).toBe(".")
      expect(read(file)).toBe(dockerfile)
    }
    const upstream = [...read("docs/deploy/nginx.conf").matchAll(/^ +server (\w+):(\d+)/gm)]
    expect(upstream.map(([, name]) => name)).toEqual(nodes)
    for (const [, , port] of upstream) expect(dockerfile).toContain(`PORT=${port}`)
    expect(services.nginx?.volumes).toContain("./nginx.conf:/etc/nginx/conf.d/default.conf:ro")
    expect(Object.keys(services.nginx?.depends_on ?? {})).toEqual(nodes)
  })

  it("set only variables that the backend reads", () => {
    const known = new Set(
      read("server-stub/main.ts")
        .match(/^\/\/ {3}.*$/gm)
        ?.join()
        .match(/[A-Z][A-Z_]+/g),
    )
    for (const name of nodes)
      for (const one of Object.keys(services[name]?.environment ?? {})) expect(known).toContain(one)
    for (const [one] of dockerfile
      .match(/^ENV (.*)$/m)?.[1]
      ?.split(" ")
      .map((pair) => pair.split("=")) ?? [])
      expect(known).toContain(one)
  })

  it("depend on services that exist", () => {
    for (const { depends_on = {} } of Object.values(services))
      for (const name of Object.keys(depends_on)) expect(Object.keys(services)).toContain(name)
    expect(services.node1?.environment?.DATABASE_URL).toContain("@postgres/")
    expect(services.node1?.environment?.REDIS_URL).toContain("//redis:")
  })
})
