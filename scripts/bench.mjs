// `npm run bench`: measures the built package beside comparable libraries. Prints tables, and stores results in
// build/bench.
//   npm run bench                     all benches
//   npm run bench -- frames bus       some of: frames bus query start size memory growth server
//   npm run bench -- --against main   measures the package of another commit, too, in the same pages and processes
//   npm run bench -- --quick          a smoke test of some seconds; its numbers mean little
//   npm run bench -- --publish        then copies the results in build/bench to docs/bench, and draws its charts
import { spawnSync } from "node:child_process"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

setup(["bench"])
await build(["wasm", "binding", "stub"])
const { status } = spawnSync("npx", ["tsx", "tests/bench/main.ts", ...process.argv.slice(2)], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
})
process.exit(status ?? 1)
