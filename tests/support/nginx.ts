// nginx with the configuration of docs/deploy, before nodes on loopback ports. Its files are in a folder of its own; it
// runs until `stop()`, which ends it by its process id.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { vi } from "vitest"
import { freePort } from "./backend"
import { root } from "./process"

const program = existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx"

export interface Proxy {
  /** Its address, with a slash at the end. */
  url: string
  /** Tells nginx to end, and removes its files. */
  stop(): Promise<void>
}

/** The documented configuration, with these ports in place of the documented addresses. */
function configuration(port: number, ports: number[], folder: string): string {
  const documented = readFileSync(join(root, "docs/deploy/nginx.conf"), "utf8")
  const [server = ""] = /^ +server node1:8082.*\n/m.exec(documented) ?? []
  const servers = ports.map((node) => server.replace("node1:8082", `127.0.0.1:${node}`)).join("")
  const ours = documented
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace(/(^ +server node\d:8082.*\n)+/m, servers)
  // As root, nginx would give its work to a user who cannot read the folder.
  const user = process.getuid?.() === 0 ? "user root;" : ""
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  )
  return `daemon off; ${user} pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 1024; }
http { access_log off; ${paths.join(" ")}
${ours}
}`
}

/** Stands before the nodes at `ports`. */
export async function startNginx(ports: number[]): Promise<Proxy> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), "raclette-nginx-"))
  const file = join(folder, "nginx.conf")
  writeFileSync(file, configuration(port, ports, folder))
  const child = spawn(program, ["-p", folder, "-c", file, "-e", join(folder, "error.log")], { stdio: "inherit" })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM")
      await once(child, "exit")
    }
    rmSync(folder, { recursive: true, force: true })
  }
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false))
      socket.once("connect", () => socket.destroy())
    })
  try {
    await vi.waitUntil(
      () => {
        if (child.exitCode !== null) throw new Error(`nginx ended: ${readFileSync(join(folder, "error.log"), "utf8")}`)
        return answers()
      },
      { timeout: 10_000, interval: 20 },
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://127.0.0.1:${port}/`, stop }
}
