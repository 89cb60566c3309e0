// The lint suite: formatting, linting, types and prose over the whole tree, each check counting as one test. As many
// run side by side as there are cores; the slowest begin first.
import { execFile, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { root } from "./setup.mjs"

/** The C++ sources that git knows or would add. */
export function cppFiles() {
  const patterns = ["*.h", "*.cpp"]
  const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...patterns], {
    cwd: root,
    encoding: "utf8",
  })
  return listed.stdout.split("\n").filter(Boolean)
}

/** A check by a program: resolves with what it prints if it fails. */
const program =
  (command, ...args) =>
  () =>
    new Promise((resolve) => {
      const options = { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }
      execFile(command, args, options, (error, stdout, stderr) => {
        resolve(error === null ? "" : `${stdout}${stderr}` || error.message)
      })
    })

const checks = {
  "tsc (js-glue, server-stub, tests)": program("npx", "tsc", "--noEmit"),
  "vue-tsc (web)": program("npx", "vue-tsc", "--noEmit", "-p", "web"),
  "vue-tsc (tests/e2e/apps)": program("npx", "vue-tsc", "--noEmit", "-p", "tests/e2e/apps"),
  biome: program("npx", "biome", "ci", "--colors=off", "."),
  "prose (textlint)": program(process.execPath, "scripts/prose.mjs"),
  "spelling (cspell)": program("npx", "cspell", "lint", "--config", "scripts/prose/cspell.yaml", "--no-progress"),
  "clang-format": () => program("clang-format", "--dry-run", "-Werror", ...cppFiles())(),
  "generated config is up to date": program(
    process.execPath,
    ...["--import", "tsx", "server-stub/write-config.ts", "--check", "pacifico__todo", "web/src/generated-config.ts"],
  ),
  "what is generated is up to date": program(process.execPath, "scripts/generate.mjs", "--check"),
  "lock files name no host": () =>
    ["package-lock.json", "tests/bench/package-lock.json", "tests/package/runners/package-lock.json"]
      .flatMap((file) => /https?:\/\/[^"]*\.tgz/.exec(readFileSync(join(root, file), "utf8")) ?? [])
      .join("\n"),
}

/** Runs every check; prints what each finds as soon as it is through. */
export async function lint() {
  const counts = { passed: 0, failed: 0 }
  const waiting = Object.entries(checks)
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, check] = next
      const complaint = await check()
      counts[complaint === "" ? "passed" : "failed"]++
      console.log(complaint === "" ? `✓ ${name}` : `✗ ${name}\n${complaint}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return counts
}
