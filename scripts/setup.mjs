// Installs missing dependencies: npm packages, and with apt the compilers, libraries and browsers that the given suites
// need. Programs that are already there are used as they are, also the emcc of an emsdk on the PATH. Without apt or
// root rights it prints what to install. It imports only Node's own modules, since it runs before `npm ci`.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("..", import.meta.url))

const onPath = (program) => process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)))
const anyFile = (...files) => files.some((file) => existsSync(file))

/** Whether clang++ can link with sanitizers. Debian has their library in a separate package. */
const hasSanitizers = () => {
  const options = ["-fsanitize=address", "-x", "c++", "-", "-o", "/dev/null"]
  return onPath("clang++") && spawnSync("clang++", options, { input: "int main() {}" }).status === 0
}

/** The dependencies besides Node: how to detect each, and Debian's packages for it. */
const dependencies = {
  emscripten: { isInstalled: () => onPath("emcc"), packages: ["emscripten"] },
  json: {
    isInstalled: () => anyFile("/usr/include/nlohmann/json.hpp", "/usr/local/include/nlohmann/json.hpp"),
    packages: ["nlohmann-json3-dev"],
  },
  cmake: { isInstalled: () => onPath("cmake"), packages: ["cmake"] },
  ninja: { isInstalled: () => onPath("ninja"), packages: ["ninja-build"] },
  clang: { isInstalled: hasSanitizers, packages: ["clang", "libclang-rt-dev", "llvm"] },
  gtest: {
    isInstalled: () => anyFile("/usr/include/gtest/gtest.h", "/usr/local/include/gtest/gtest.h"),
    packages: ["libgtest-dev"],
  },
  git: { isInstalled: () => onPath("git"), packages: ["git"] },
  clangFormat: { isInstalled: () => onPath("clang-format"), packages: ["clang-format"] },
  chromium: {
    isInstalled: () => existsSync(process.env.CHROMIUM_PATH ?? "/usr/bin/chromium"),
    packages: ["chromium"],
  },
  firefox: {
    isInstalled: () => existsSync(process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr"),
    packages: ["firefox-esr"],
  },
  webkit: { isInstalled: () => onPath("WebKitWebDriver"), packages: ["webkit2gtk-driver"] },
  screen: { isInstalled: () => onPath("Xvfb"), packages: ["xvfb"] },
  redis: { isInstalled: () => onPath("redis-server"), packages: ["redis-server"] },
  nginx: { isInstalled: () => onPath("nginx") || existsSync("/usr/sbin/nginx"), packages: ["nginx-light"] },
  postgres: { isInstalled: () => onPath("initdb") || existsSync("/usr/lib/postgresql"), packages: ["postgresql"] },
}

const wasm = ["emscripten", "json", "cmake", "ninja"]

/** The dependencies of each suite, and of `npm start` and `npm run fuzz`. */
const dependenciesOf = {
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
  bench: [...wasm, "chromium", "git"],
  fuzz: ["json", "cmake", "ninja", "clang"],
}

/** Folders with their own package.json, and the suites that need its packages. */
const packageFolders = {
  "tests/bench": ["lint", "glue", "interop", "bench", "engines"],
  "tests/package/runners": ["package"],
}

/** Installs the missing dependencies of `suites`. Exits with a message if one cannot be installed. */
export function setup(suites) {
  installNpmPackages(root)
  for (const [folder, users] of Object.entries(packageFolders)) {
    if (suites.some((suite) => users.includes(suite))) installNpmPackages(join(root, folder))
  }
  const needed = [...new Set(suites.flatMap((suite) => dependenciesOf[suite] ?? []))]
  const missing = needed.filter((name) => !dependencies[name].isInstalled())
  if (missing.length > 0) installDebianPackages(missing.flatMap((name) => dependencies[name].packages))
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], ...options }).status === 0
}

function stop(message) {
  console.error(message)
  process.exit(1)
}

/** Runs `npm ci` in `folder`, unless its node_modules was installed from the current lock file. */
function installNpmPackages(folder) {
  const stampFile = join(folder, "node_modules/.raclette-stamp")
  const stamp = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex")
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return
  console.log(`Installing npm packages in ${folder}`)
  const installed = retry(3, () => run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder }))
  if (!installed) stop(`npm ci failed in ${folder}. Fix the error that npm printed above, then run this command again.`)
  mkdirSync(join(folder, "node_modules"), { recursive: true })
  writeFileSync(stampFile, stamp)
}

function installDebianPackages(packages) {
  const names = `${packages.join(", ")} (names of Debian packages; instead of emscripten, an emsdk on the PATH works too)`
  const advice = `Install ${names}, then run this command again.`
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  if (!onPath("apt-get") || (asRoot.length > 0 && !(onPath("sudo") && run("sudo", ["-n", "true"])))) {
    stop(`Some dependencies are missing, and apt cannot install them here. ${advice}`)
  }
  console.log(`Installing with apt: ${packages.join(", ")}`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, "apt-get", "-q", ...args]
    return run(command, rest, { env, stdio: ["ignore", "ignore", "inherit"] })
  }
  const installed = retry(3, () => apt("update") && apt("install", "-y", "--no-install-recommends", ...packages))
  if (!installed) stop(`apt could not install the missing dependencies: see its messages above. ${advice}`)
}

function retry(times, attempt) {
  for (let i = 0; i < times; i++) if (attempt()) return true
  return false
}
