// `npm run format`: formats all files with clang-format and Biome, as the lint suite expects.
import { spawnSync } from "node:child_process"
import { cppFiles } from "./lint.mjs"
import { root, setup } from "./setup.mjs"

setup(["lint"])
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: "inherit" }).status ?? 1
process.exit(run("clang-format", ["-i", ...cppFiles()]) || run("npx", ["biome", "check", "--write", "."]))
