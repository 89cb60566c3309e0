// `npm run fuzz`: builds the libFuzzer targets of tests/fuzz with clang and runs them one after the other, starting
// from the corpus in tests/fuzz/corpus. Stops at the first finding, and stores its input in build/fuzz.
//   npm run fuzz                          all targets, ten minutes in total
//   npm run fuzz -- runtime --minutes 60  some of: runtime config bindings
//   npm run fuzz -- --keep                adds inputs that reach new code to the corpus
//   npm run fuzz -- --coverage            prints the corpus' coverage of the core by file, without fuzzing
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { root, setup } from "./setup.mjs"

const TARGETS = ["runtime", "config", "bindings"]
/** Inputs of twice this length find little more, and take twice as long. */
const MAX_LENGTH = 512

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "10" }, keep: { type: "boolean" }, coverage: { type: "boolean" } },
})
const unknown = positionals.filter((name) => !TARGETS.includes(name))
if (unknown.length > 0) stop(`Unknown target: ${unknown.join(", ")}. Available targets: ${TARGETS.join(", ")}.`)
const targets = positionals.length > 0 ? positionals : TARGETS
const seconds = Math.floor((Number(options.minutes) * 60) / targets.length)
if (!(seconds > 0))
  stop(`--minutes ${options.minutes} is too short or no number: pass a number of minutes, such as 10.`)

setup(["fuzz"])
const preset = options.coverage ? "coverage" : "fuzz"
const folder = join(root, "build", preset)
run("cmake", ["--preset", preset])
run("cmake", ["--build", "--preset", preset])
const corpora = targets.map(unpack)
if (options.coverage) report()
else targets.forEach(fuzz)

function fuzz(target, index) {
  const corpus = corpora[index]
  const limits = [`-max_total_time=${seconds}`, `-max_len=${MAX_LENGTH}`, "-len_control=0", "-timeout=20"]
  const output = ["-print_final_stats=1", `-artifact_prefix=${join(folder, target)}-`]
  run(program(target), [...limits, ...output, `-dict=${join(root, "tests/fuzz/fuzz.dict")}`, corpus])
  if (options.keep) pack(target, corpus)
}

/** Prints the corpus' line coverage of the core and the boundary, as llvm-cov counts it. */
function report() {
  const profiles = targets.map((target, index) => {
    const profile = join(folder, `${target}.profraw`)
    run(program(target), ["-runs=0", corpora[index]], { LLVM_PROFILE_FILE: profile })
    return profile
  })
  const merged = join(folder, "merged.profdata")
  run(tool("llvm-profdata"), ["merge", "-sparse", ...profiles, "-o", merged])
  const objects = targets.map(program).flatMap((file, index) => (index === 0 ? [file] : ["-object", file]))
  const others = "-ignore-filename-regex=tests/fuzz/|/include/c\\+\\+/|nlohmann"
  run(tool("llvm-cov"), ["report", ...objects, `-instr-profile=${merged}`, others])
}

/** Writes a target's corpus to a folder, one file per input. */
function unpack(target) {
  const corpus = join(folder, "corpus", target)
  mkdirSync(corpus, { recursive: true })
  for (const line of readFileSync(packed(target), "utf8").split("\n").filter(Boolean)) {
    const input = Buffer.from(line, "base64")
    writeFileSync(join(corpus, createHash("sha1").update(input).digest("hex")), input)
  }
  return corpus
}

/** Minimizes a corpus folder, and writes it back as one file, one input per line. */
function pack(target, corpus) {
  const small = join(folder, "small", target)
  rmSync(small, { recursive: true, force: true })
  mkdirSync(small, { recursive: true })
  run(program(target), ["-merge=1", "-use_counters=0", `-max_len=${MAX_LENGTH}`, small, corpus])
  const lines = readdirSync(small).map((name) => readFileSync(join(small, name)).toString("base64"))
  lines.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  writeFileSync(packed(target), `${lines.join("\n")}\n`)
}

function packed(target) {
  return join(root, `tests/fuzz/corpus/${target}.txt`)
}

function program(target) {
  return join(folder, `tests/fuzz/fuzz_${target}`)
}

/** The path of an LLVM tool of clang's version. */
function tool(name) {
  return spawnSync("clang++", [`-print-prog-name=${name}`], { encoding: "utf8" }).stdout.trim()
}

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  })
  if (status !== 0) stop(error?.message ?? `${command} failed with status ${status}: see its output above.`)
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
