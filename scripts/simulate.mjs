// `npm run simulate`: runs the built package in virtual pages with faults drawn from seeds. See
// tests/simulate/README.md.
//   npm run simulate                               new seeds for one minute
//   npm run simulate -- --seeds 1000 --seed 1      the seeds 1 to 1000
//   npm run simulate -- --seed 4711 --steps 3,17   repeats a failed run as printed; --trace logs each step
//   npm run simulate -- --known                    the seeds that have failed before
//   npm run simulate -- --faults                   plants bugs in the package, and fails if one is not found
import { spawnSync } from "node:child_process"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"
import { simulator } from "./simulator.mjs"

setup(["simulate"])
await build(["wasm", "binding"])
const [command, args] = await simulator(process.argv.slice(2))
const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
process.exit(status ?? 1)
