// `npm run test:deno`: builds the package and runs tests/deno/smoke.mjs in Deno against the backend stub. The variable
// DENO may name the program; by default npx fetches the npm package `deno`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

/** How long the run may take, in ms. */
const TIMEOUT = 120_000

setup(["start"])
await build(["wasm", "binding", "stub"])

const data = await mkdtemp(join(tmpdir(), "raclette-deno-"))
const stub = spawn(process.execPath, ["build/stub/main.js"], {
  cwd: root,
  env: {
    ...process.env,
    PORT: "0",
    RACLETTE_DATA: data,
    DEV_LOGIN: "1",
    JWT_SECRET: "secret of the Deno smoke test",
  },
  stdio: ["ignore", "pipe", "inherit"],
})
try {
  const [line] = await Promise.race([once(stub.stdout, "data"), once(stub, "exit").then(() => ["no backend"])])
  const url = /http:\/\/\S+(?=\/)/.exec(String(line))?.[0]
  if (!url)
    throw new Error(`The backend stub did not start: it printed "${String(line).trim()}" instead of its address`)
  const [program, ...before] = process.env.DENO ? [process.env.DENO] : ["npx", "--yes", "deno@2"]
  const permissions = [`--allow-net=${new URL(url).host}`, `--allow-read=${join(root, "dist")}`]
  const deno = spawn(
    program,
    [...before, "run", "--no-config", "--no-prompt", ...permissions, "tests/deno/smoke.mjs", url],
    {
      cwd: root,
      env: { ...process.env, DENO_NO_PACKAGE_JSON: "1" },
      stdio: "inherit",
      timeout: TIMEOUT,
    },
  )
  const [code] = await once(deno, "exit")
  process.exitCode = code ?? 1
} finally {
  stub.kill()
  await rm(data, { recursive: true, force: true })
}
