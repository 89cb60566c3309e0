// `npm run soak`: the built package and the compiled backend as real processes, three nodes behind nginx with Redis and
// PostgreSQL, through faults that a seed draws; see tests/soak/README.md.
//   npm run soak                            a new seed, three minutes
//   npm run soak -- --minutes 30 --seed 7   half an hour of the seed 7
//   npm run soak -- --planted lost-event    puts a fault into a node, and wants it to be found; or false-answer
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
