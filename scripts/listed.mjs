// The files of the project by patterns, as git knows them.
import { spawnSync } from "node:child_process"
import { root } from "./setup.mjs"

/** The files that git knows or would add, by patterns of `git ls-files`. */
export function listed(patterns) {
  const args = ["ls-files", "-co", "--exclude-standard", "--", ...patterns]
  return spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout.split("\n").filter(Boolean)
}
