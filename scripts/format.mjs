// `npm run format`: writes every file as the lint suite wants it.
import { spawnSync } from "node:child_process"
import { cppFiles } from "./lint.mjs"
import { root, setup } from "./setup.mjs"

setup(["lint"])
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: "inherit" }).status ?? 1
process.exit(run("clang-format", ["-i", ...cppFiles()]) || run("npx", ["biome", "check", "--write", "."]))
