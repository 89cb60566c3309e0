// The lint suite: formatting, linting, type and prose checks of all files. Each check counts as one test. As many run in
// parallel as there are cores, the slowest first.
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { listed } from "./listed.mjs"
import { root } from "./setup.mjs"

/** The C++ sources of the project. */
export const cppFiles = () => listed(["*.h", "*.cpp"])

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
  "vue-tsc (web, docs)": program("npx", "vue-tsc", "--noEmit", "-p", "web"),
  "vue-tsc (tests/e2e/apps)": program("npx", "vue-tsc", "--noEmit", "-p", "tests/e2e/apps"),
  biome: program("npx", "biome", "ci", "--colors=off", "."),
  "prose (textlint)": program(process.execPath, "scripts/prose.mjs"),
  "spelling (cspell)": program("npx", "cspell", "lint", "--config", "scripts/prose/cspell.yaml", "--no-progress"),
  "links of the documents": program(process.execPath, "scripts/links.mjs"),
  "clang-format": () => program("clang-format", "--dry-run", "-Werror", ...cppFiles())(),
  "generated config is up to date": program(
    process.execPath,
    ...["--import", "tsx", "server-stub/write-config.ts", "--check", "pacifico__todo", "web/src/generated-config.ts"],
  ),
  "generated files are up to date": program(process.execPath, "scripts/generate.mjs", "--check"),
  "lock files contain no registry URLs": () =>
    ["package-lock.json", "tests/bench/package-lock.json", "tests/package/runners/package-lock.json"]
      .flatMap((file) => /https?:\/\/[^"]*\.tgz/.exec(readFileSync(join(root, file), "utf8")) ?? [])
      .join("\n"),
}

/** Runs all checks, and prints the output of those that fail. */
export async function lint() {
  const results = { passed: 0, failed: 0, failures: [] }
  const waiting = Object.entries(checks)
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, check] = next
      const problems = await check()
      results[problems === "" ? "passed" : "failed"]++
      if (problems !== "") results.failures.push(`${name} (see its output above)`)
      console.log(problems === "" ? `✓ ${name}` : `✗ ${name}\n${problems}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results
}
