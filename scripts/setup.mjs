// Installs what is missing, so that a clone needs two commands and nothing else: npm packages, and with apt the
// compilers, libraries and browsers that the asked suites need. What is there already is left alone, an emcc of an
// emsdk on the PATH included. Where apt cannot serve, it says in one sentence what to install. Node's own modules
// only: this runs before anything is installed.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("..", import.meta.url))

const onPath = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)))
const anyFile = (...files) => files.some((file) => existsSync(file))

/** Whether clang++ is there with the sanitizers' library, which Debian has in a package of its own. */
const hasSanitizers = () => {
  const options = ["-fsanitize=address", "-x", "c++", "-", "-o", "/dev/null"]
  return onPath("clang++") && spawnSync("clang++", options, { input: "int main() {}" }).status === 0
}

/** What the parts of the project need beside Node: how to tell that it is there, and Debian's packages for it. */
const needs = {
  emscripten: { there: () => onPath("emcc"), packages: ["emscripten"] },
  json: {
    there: () => anyFile("/usr/include/nlohmann/json.hpp", "/usr/local/include/nlohmann/json.hpp"),
    packages: ["nlohmann-json3-dev"],
  },
  cmake: { there: () => onPath("cmake"), packages: ["cmake"] },
  ninja: { there: () => onPath("ninja"), packages: ["ninja-build"] },
  clang: { there: hasSanitizers, packages: ["clang", "libclang-rt-dev", "llvm"] },
  gtest: {
    there: () => anyFile("/usr/include/gtest/gtest.h", "/usr/local/include/gtest/gtest.h"),
    packages: ["libgtest-dev"],
  },
  clangFormat: { there: () => onPath("clang-format"), packages: ["clang-format"] },
  chromium: {
    there: () => existsSync(process.env.CHROMIUM_PATH ?? "/usr/bin/chromium"),
    packages: ["chromium"],
  },
  firefox: {
    there: () => existsSync(process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr"),
    packages: ["firefox-esr"],
  },
  webkit: { there: () => onPath("WebKitWebDriver"), packages: ["webkit2gtk-driver"] },
  screen: { there: () => onPath("Xvfb"), packages: ["xvfb"] },
  redis: { there: () => onPath("redis-server"), packages: ["redis-server"] },
  nginx: { there: () => onPath("nginx") || existsSync("/usr/sbin/nginx"), packages: ["nginx-light"] },
  postgres: { there: () => onPath("initdb") || existsSync("/usr/lib/postgresql"), packages: ["postgresql"] },
}

const wasm = ["emscripten", "json", "cmake", "ninja"]

/** What each suite (and `start`) needs. */
const needsOf = {
  start: wasm,
  core: ["json", "cmake", "ninja", "clang", "gtest"],
  glue: wasm,
  adapters: wasm,
  testing: wasm,
  interop: [...wasm, "redis", "postgres", "nginx"],
  simulate: wasm,
  soak: [...wasm, "redis", "postgres", "nginx"],
  package: [...wasm, "chromium"],
  e2e: [...wasm, "chromium"],
  engines: [...wasm, "chromium", "firefox", "webkit", "screen"],
  server: ["postgres", "redis"],
  types: [],
  lint: [...wasm, "clangFormat"],
  bench: [...wasm, "chromium"],
  fuzz: ["json", "cmake", "ninja", "clang"],
}

/** Folders with packages of their own, and the suites that need them as well. */
const withPackages = {
  "tests/bench": ["lint", "glue", "interop", "bench"],
  "tests/package/runners": ["package"],
}

/** Makes sure of all that `suites` need. Ends the process with a sentence where something cannot be had. */
export function setup(suites) {
  installNpmPackages(root)
  for (const [folder, users] of Object.entries(withPackages)) {
    if (suites.some((suite) => users.includes(suite))) installNpmPackages(join(root, folder))
  }
  const missing = [...new Set(suites.flatMap((suite) => needsOf[suite] ?? []))].filter((name) => !needs[name].there())
  if (missing.length > 0) installDebianPackages(missing.flatMap((name) => needs[name].packages))
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], ...options }).status === 0
}

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}

/** `npm ci` in `folder`, unless its node_modules was made from this very lock file. */
function installNpmPackages(folder) {
  const stampFile = join(folder, "node_modules/.raclette-stamp")
  const stamp = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex")
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return
  console.log("Installing npm packages")
  const installed = retry(3, () => run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder }))
  if (!installed) stop("npm packages could not be installed: see npm's message above, then start this command again.")
  mkdirSync(join(folder, "node_modules"), { recursive: true })
  writeFileSync(stampFile, stamp)
}

function installDebianPackages(packages) {
  const sentence = `Please install ${packages.join(", ")} (Debian's names; emscripten may be any emsdk on the PATH), then start this command again.`
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  if (!onPath("apt-get") || (asRoot.length > 0 && !(onPath("sudo") && run("sudo", ["-n", "true"])))) stop(sentence)
  console.log(`Installing with apt: ${packages.join(", ")}`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, "apt-get", "-q", ...args]
    return run(command, rest, { env, stdio: ["ignore", "ignore", "inherit"] })
  }
  const installed = retry(3, () => apt("update") && apt("install", "-y", "--no-install-recommends", ...packages))
  if (!installed) stop(sentence)
}

function retry(times, attempt) {
  for (let i = 0; i < times; i++) if (attempt()) return true
  return false
}
