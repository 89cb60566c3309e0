// Runs wrangler's build in workerd.
import { Miniflare } from "miniflare"

const options = { modules: true, scriptPath: "out/worker.js", compatibilityDate: "2026-01-01", cf: false }
const modulesRules = [
  { type: "ESModule", include: ["**/*.js"] },
  { type: "CompiledWasm", include: ["**/*.wasm"] },
]
const workerd = new Miniflare({ ...options, modulesRules })
const answer = await workerd.dispatchFetch("http://127.0.0.1/")
console.log(await answer.text())
await workerd.dispose()
