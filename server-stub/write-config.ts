// Writes the todo plugin's generated config to a file, or with --check says whether the file is up to date.
//   tsx server-stub/write-config.ts [--check] <file>
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildApp } from "./app"
import { configModule } from "./raclette/generated-config"

const args = process.argv.slice(2)
const check = args.includes("--check")
const file = args.find((arg) => !arg.startsWith("--"))
if (!file) {
  console.error("usage: write-config.ts [--check] <file>")
  process.exit(2)
}

const dataFolder = mkdtempSync(join(tmpdir(), "raclette-config-"))
const app = await buildApp({ dataFolder, secret: "unused: nothing is signed" })
await app.ready()
const [config] = app.generatedConfigs
await app.close()
rmSync(dataFolder, { recursive: true })
const text = config ? configModule(config) : ""
if (!check) writeFileSync(file, text)
else if (readFileSync(file, "utf8") !== text) {
  console.error(`${file} is out of date: run \`npm run config\``)
  process.exit(1)
}
