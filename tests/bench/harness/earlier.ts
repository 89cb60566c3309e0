// Builds the package of any commit, for `--against`: in build/versions/<hash>, from the sources that Git has, with the
// scripts of that commit. A commit is built once. It gets npm packages of its own only if its lock file differs.
import { existsSync } from "node:fs"
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { root, run } from "../../support/process"
import type { Build } from "./builds"
import { OURS } from "./cases"

/** What a commit needs for a build, and what the build must have made. */
const NEEDED = ["package.json", "package-lock.json", "scripts/build.mjs"]
const MADE = ["dist/index.js", "dist/raclette.wasm"]

/** What builds the package in the current folder. */
const BUILD = `const { build } = await import(process.argv[1]); await build(["wasm", "binding"])`

interface Options {
  /** The repository. Default: this one. */
  repository?: string
  /** Where versions are built. */
  folder?: string
}

/** The built package of `ref`. Throws with what to do if Git does not know it or it cannot be built. */
export async function buildOf(ref: string, options: Options = {}): Promise<Build> {
  const { repository = root, folder = join(root, "build/versions") } = options
  const commit = await commitOf(ref, repository)
  const place = join(folder, commit)
  const build: Build = { name: `${OURS} @ ${commit.slice(0, 7)}`, dist: join(place, "dist") }
  const stamp = join(place, ".built")
  if (existsSync(stamp)) return build
  await expectFiles(ref, commit, repository)
  console.log(`Building ${ref} (${commit.slice(0, 7)}) in ${place}`)
  await rm(place, { recursive: true, force: true })
  await mkdir(place, { recursive: true })
  await unpack(commit, repository, place)
  await installPackages(ref, repository, place)
  await step(`The build of ${ref}`, place, process.execPath, [
    "--input-type=module",
    "-e",
    BUILD,
    "./scripts/build.mjs",
  ])
  const missing = MADE.filter((file) => !existsSync(join(place, file)))
  if (missing.length > 0) throw new Error(`The build of ${ref} made no ${missing.join(" and no ")}: see ${place}.`)
  await writeFile(stamp, "")
  return build
}

/** The whole hash of the commit that `ref` names. */
async function commitOf(ref: string, cwd: string): Promise<string> {
  const args = ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`]
  const { code, stdout, stderr } = await run("git", args, { cwd })
  if (code === 0) return stdout.trim()
  throw new Error(
    `Git finds no commit ${ref} in ${cwd}: ${stderr.trim()}\nGive a branch, a tag, or a hash of \`git log\`. ` +
      "In a shallow clone, run `git fetch --unshallow` first.",
  )
}

async function expectFiles(ref: string, commit: string, cwd: string): Promise<void> {
  const { stdout } = await run("git", ["ls-tree", "--name-only", commit, ...NEEDED], { cwd })
  const present = stdout.split("\n")
  const missing = NEEDED.filter((file) => !present.includes(file))
  if (missing.length === 0) return
  throw new Error(`${ref} has no ${missing.join(" and no ")}, so it cannot be built. Choose a later commit.`)
}

async function unpack(commit: string, repository: string, place: string): Promise<void> {
  const archive = join(place, "sources.tar")
  await step("`git archive`", repository, "git", ["archive", "-o", archive, commit])
  await step("`tar`", place, "tar", ["-xf", archive])
  await rm(archive)
}

/** The repository's own packages if they are the same, else those of the lock file. */
async function installPackages(ref: string, repository: string, place: string): Promise<void> {
  const [ours, theirs] = await Promise.all(
    [repository, place].map((folder) => readFile(join(folder, "package-lock.json"), "utf8")),
  )
  if (ours === theirs) await symlink(join(repository, "node_modules"), join(place, "node_modules"))
  else await step(`\`npm ci\` for ${ref}`, place, "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"])
}

/** Runs a program in `cwd`. If it fails, the error has the end of its output. */
async function step(what: string, cwd: string, program: string, args: string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, { cwd })
  if (code === 0) return
  const output = `${stdout}${stderr}`.trim().split("\n").slice(-40).join("\n")
  throw new Error(`${what} failed in ${cwd} (exit code ${code}):\n${output}`)
}
