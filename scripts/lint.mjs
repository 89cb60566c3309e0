// The lint suite: formatting, linting and types over the whole tree, each check counting as one test.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
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

const program =
  (command, ...args) =>
  () => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8" })
    return status === 0 ? "" : (error?.message ?? `${stdout}${stderr}`)
  }

const checks = {
  "clang-format": () => program("clang-format", "--dry-run", "-Werror", ...cppFiles())(),
  biome: program("npx", "biome", "ci", "--colors=off", "."),
  "tsc (js-glue, server-stub, tests)": program("npx", "tsc", "--noEmit"),
  "vue-tsc (web)": program("npx", "vue-tsc", "--noEmit", "-p", "web"),
  "vue-tsc (tests/e2e/apps)": program("npx", "vue-tsc", "--noEmit", "-p", "tests/e2e/apps"),
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

/** Runs every check; prints what each finds. */
export function lint() {
  const counts = { passed: 0, failed: 0 }
  for (const [name, check] of Object.entries(checks)) {
    const complaint = check()
    counts[complaint === "" ? "passed" : "failed"]++
    console.log(complaint === "" ? `✓ ${name}` : `✗ ${name}\n${complaint}`)
  }
  return counts
}
