// `npm run test:frameworks`: runs the apps of tests/package/apps with the built package, each with the versions that
// its package.json pins: development servers, builds and runtimes. Then updates their table in docs/bundlers.md.
//   npm run test:frameworks                all apps
//   npm run test:frameworks -- nuxt astro  some apps, by their names in tests/package/apps/apps.json
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

const names = JSON.parse(readFileSync(join(root, "tests/package/apps/apps.json"), "utf8")).map(({ name }) => name)
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`Unknown app: ${unknown.join(", ")}. Available apps: ${names.join(", ")}.`)
  process.exit(2)
}

setup(["package"])
await build(["wasm", "binding", "stub"])
const only = asked.length > 0 ? ["-t", `^(${asked.join("|")}) `] : []
run("npx", ["vitest", "run", "--project", "frameworks", ...only])
run(process.execPath, ["scripts/generate.mjs"])

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
  if (status !== 0) process.exit(status ?? 1)
}
