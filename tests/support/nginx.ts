// nginx with the configuration of docs/deploy, in front of nodes on loopback ports, with its files in its own folder.
// It runs until `stop()`, which ends it by its process id.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "./backend"
import { root } from "./process"
import { type Service, start } from "./servers"

const program = existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx"

/** The documented configuration, with these ports instead of the documented addresses. */
function configuration(port: number, ports: number[], folder: string): string {
  const documented = readFileSync(join(root, "docs/deploy/nginx.conf"), "utf8")
  const [server = ""] = /^ +server node1:8082.*\n/m.exec(documented) ?? []
  const servers = ports.map((node) => server.replace("node1:8082", `127.0.0.1:${node}`)).join("")
  const ours = documented
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace(/(^ +server node\d:8082.*\n)+/m, servers)
  // As root, nginx would run its workers as a user who cannot read the folder.
  const user = process.getuid?.() === 0 ? "user root;" : ""
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  )
  return `daemon off; ${user} pid ${folder}/pid; error_log stderr; worker_processes 1;
events { worker_connections 1024; }
http { access_log off; ${paths.join(" ")}
${ours}
}`
}

/** Starts nginx in front of the nodes at `ports`. Its address ends with a slash. */
export async function startNginx(ports: number[]): Promise<Service> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), "raclette-nginx-"))
  const file = join(folder, "nginx.conf")
  writeFileSync(file, configuration(port, ports, folder))
  return start(program, ["-p", folder, "-c", file, "-e", "stderr"], {}, `http://127.0.0.1:${port}/`, folder)
}
