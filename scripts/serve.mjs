// `npm run serve`: the backend alone, compiled, and in this very process, so that a signal reaches it and nothing is left
// behind when it ends. What it needs is npm's; what it serves is for it to say (docs/backend.md lists its settings).
import { join } from "node:path"
import { build } from "./build.mjs"
import { root, setup } from "./setup.mjs"

setup([])
await build(["stub"])
process.env.RACLETTE_DATA ??= join(root, "server-stub/data")
await import("../build/stub/main.js")
