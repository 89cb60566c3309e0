// Writes the generated config of a plugin to a file. With --check it only compares: exit code 1 means out of date.
//   tsx server-stub/write-config.ts [--check] <pluginKey> <file>
// Set PLUGIN_PREFIX as for the backend, since it changes the routes' paths.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildApp } from "./app"
import { configModule } from "./raclette/generated-config"

const args = process.argv.slice(2)
const check = args.includes("--check")
const [pluginKey, file] = args.filter((arg) => !arg.startsWith("--"))
if (!pluginKey || !file) {
  console.error("usage: write-config.ts [--check] <pluginKey> <file>")
  process.exit(2)
}

const dataFolder = mkdtempSync(join(tmpdir(), "raclette-config-"))
const pluginPrefix = process.env.PLUGIN_PREFIX === "1"
const app = await buildApp({ dataFolder, secret: "unused: nothing is signed", pluginPrefix })
await app.ready()
const config = app.generatedConfigs.find((one) => one.pluginKey === pluginKey)
const keys = app.generatedConfigs.map((one) => one.pluginKey)
await app.close()
rmSync(dataFolder, { recursive: true })
if (!config) {
  console.error(`Plugin "${pluginKey}" not found. Registered plugins: ${keys.join(", ")}.`)
  process.exit(2)
}
const text = configModule(config)
if (!check) writeFileSync(file, text)
else if (readFileSync(file, "utf8") !== text) {
  console.error(`${file} is out of date. Run \`npm run config\`, and commit the result.`)
  process.exit(1)
}
