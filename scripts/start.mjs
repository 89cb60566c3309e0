// `npm start`: installs missing dependencies, builds outdated targets, and runs the backend with the demo page. The
// backend prints the page's address, and stops when this process gets SIGINT or SIGTERM.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

setup(["start"])
await build(["wasm", "binding", "web"])
const backend = spawn(process.execPath, ["--import", "tsx", join(root, "server-stub/main.ts")], {
  cwd: root,
  stdio: "inherit",
  env: { DEV_LOGIN: "1", ...process.env, RACLETTE_WEB: join(root, "build/web") },
})
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => backend.kill(signal))
backend.on("exit", (code) => process.exit(code ?? 1))
