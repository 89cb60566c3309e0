// `npm run simulate`: runs the built package on virtual drivers, by seeds; see tests/simulate/README.md.
//   npm run simulate                               new seeds, for a minute
//   npm run simulate -- --seeds 1000 --seed 1      a thousand seeds, from the first on
//   npm run simulate -- --seed 4711 --steps 3,17   a run that failed, as it was printed; with --trace, all that happens
//   npm run simulate -- --known                    the seeds that once failed
//   npm run simulate -- --faults                   puts faults into the package, and wants them to be found
import { spawnSync } from "node:child_process"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"
import { simulator } from "./simulator.mjs"

setup(["simulate"])
await build(["wasm", "binding"])
const [command, args] = await simulator(process.argv.slice(2))
const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
process.exit(status ?? 1)
