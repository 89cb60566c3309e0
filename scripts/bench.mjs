// `npm run bench`: sets up and builds what the bench needs, then measures the package as it ships beside its peers.
//   npm run bench                     all of it; the tables are printed, the numbers kept in build/bench
//   npm run bench -- frames bus       some of: frames bus query start size memory growth server
//   npm run bench -- --quick          seconds instead of minutes: shows that it works, measures little
//   npm run bench -- --publish        the numbers in build/bench become those of docs/bench afterwards, with its charts
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
