// `npm run soak`: runs the built package against real processes, three nodes of the compiled backend behind nginx with
// Redis and PostgreSQL, and injects faults drawn from a seed. See tests/soak/README.md.
//   npm run soak                            three minutes of a new seed
//   npm run soak -- --minutes 30 --seed 7   half an hour of seed 7
//   npm run soak -- --planted lost-event    plants a bug in a node, and fails if it is not found; or: false-answer
import { spawnSync } from "node:child_process"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

setup(["soak"])
await build(["wasm", "binding", "stub"])
const { status } = spawnSync(process.execPath, ["--import", "tsx", "tests/soak/main.ts", ...process.argv.slice(2)], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
})
process.exit(status ?? 1)
