// `npm run serve`: runs the compiled backend without the demo page, in this process, so that signals reach it and no
// child process remains. docs/backend.md lists its environment variables.
import { join } from "node:path"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

setup([])
await build(["stub"])
process.env.RACLETTE_DATA ??= join(root, "server-stub/data")
await import("../build/stub/main.js")
