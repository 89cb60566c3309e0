// `npm run test:emscripten`: builds the package with another Emscripten and runs suites with it, in a copy of the
// sources, build/emscripten-<version>. The regular build stays untouched.
//   npm run test:emscripten                       uses the emcc on the PATH
//   npm run test:emscripten -- ~/emsdk            uses an emsdk
//   npm run test:emscripten -- /var/tmp/trixie    uses a Debian in a folder (as root), created with:
//     debootstrap --variant=minbase trixie /var/tmp/trixie
//     chroot /var/tmp/trixie apt-get install -y --no-install-recommends emscripten git
//   npm run test:emscripten -- ~/emsdk glue       runs other suites than core, glue and package
// The Debian uses this machine's Node and npm. Debian 13's own Node loses the named exports of CommonJS packages under
// --disallow-code-generation-from-strings, with which the package suite imports the adapters.
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { delimiter, dirname, join, resolve } from "node:path"
import { root, setup } from "./setup.mjs"

/** Paths within the Debian: of the copy, and of Node and npm. */
const inside = "/srv/raclette-wasm"
const tools = "/srv/node"

const [place, ...asked] = process.argv.slice(2)
const suites = asked.length > 0 ? asked : ["core", "glue", "package"]

setup([])
const emscripten = find(place)
const { stdout } = emscripten.run("emcc", ["-dumpversion"], { stdio: "pipe", encoding: "utf8" })
const version = stdout?.trim()
if (!version) stop(`No working emcc in ${place ?? "the PATH"}. Install Emscripten, or pass the folder of an emsdk.`)
const copy = join(root, `build/emscripten-${version}`)
copySources(copy)
emscripten.prepare(copy)
console.log(`Emscripten ${version}, in ${copy}`)
const options = { cwd: copy, stdio: ["ignore", "inherit", "inherit"] }
const { status } = emscripten.run("node", ["scripts/test.mjs", ...suites], options)
process.exit(status ?? 1)

/** How to run programs with the Emscripten of `place`, and how to prepare the copy for them. */
function find(place) {
  if (place === undefined) return onPath([])
  const folder = resolve(place)
  const has = (file) => existsSync(join(folder, file))
  if (has("usr/bin/emcc") && has("etc/debian_version")) return chrooted(folder)
  const emcc = ["upstream/emscripten", "."].find((path) => has(join(path, "emcc")))
  if (emcc === undefined)
    stop(`${folder} contains no emcc: pass the folder of an emsdk, or of a Debian with emscripten.`)
  return onPath([join(folder, emcc)])
}

function onPath(folders) {
  const env = { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter) }
  return {
    run: (command, args, options) => spawnSync(command, args, { ...options, env }),
    prepare(copy) {
      rmSync(join(copy, "node_modules"), { recursive: true, force: true })
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
    },
  }
}

/**
 * Runs programs in the Debian of `folder` with chroot. The mounts are in their own namespace, which ends with the
 * program.
 */
function chrooted(folder) {
  if (process.getuid?.() !== 0) stop(`${folder} is a Debian, which needs chroot: run this command as root.`)
  const npm = dirname(dirname(process.env.npm_execpath ?? stop("Start this script with `npm run test:emscripten`.")))
  const script = `set -e
    for name in dev proc sys; do mount --rbind /$name "$0/$name"; done
    cp -L /etc/resolv.conf "$0/etc/resolv.conf"
    mkdir -p "$0${tools}/npm" "$0${inside}"
    touch "$0${tools}/node"
    mount --bind "$1" "$0${tools}/node"
    mount --bind "$2" "$0${tools}/npm"
    for name in npm npx; do
      printf '#!/bin/sh\\nexec node ${tools}/npm/bin/%s-cli.js "$@"\\n' $name > "$0/usr/local/bin/$name"
      chmod +x "$0/usr/local/bin/$name"
    done
    ln -sf ${tools}/node "$0/usr/local/bin/node"
    if [ -n "$3" ]; then
      mount --bind "$3" "$0${inside}"
      mount --bind "$4" "$0${inside}/node_modules"
    fi
    shift 4
    exec chroot "$0" "$@"`
  const env = { PATH: "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin", HOME: "/root", LANG: "C.UTF-8", TERM: "dumb" }
  return {
    run(command, args, { cwd = "", ...options }) {
      const program = cwd === "" ? [command] : ["sh", "-c", `cd ${inside} && exec "$0" "$@"`, command]
      const mounts = [folder, process.execPath, npm, cwd, join(root, "node_modules")]
      return spawnSync("unshare", ["--mount", "sh", "-c", script, ...mounts, ...program, ...args], { ...options, env })
    },
    prepare(copy) {
      rmSync(join(copy, "node_modules"), { recursive: true, force: true })
      mkdirSync(join(copy, "node_modules"))
    },
  }
}

/** Copies all files that git tracks or would add. Build outputs in the copy stay, so that builds are incremental. */
function copySources(folder) {
  const listed = git(root, "ls-files", "-co", "--exclude-standard", "-z").split("\0")
  mkdirSync(folder, { recursive: true })
  const kept = ["build", "dist", "node_modules", ".git"]
  for (const name of readdirSync(folder)) if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true })
  for (const file of listed) {
    if (file === "" || !existsSync(join(root, file))) continue
    cpSync(join(root, file), join(folder, file), { preserveTimestamps: true })
  }
  git(folder, "init", "-q")
}

function git(folder, ...args) {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 1e8 })
  if (status !== 0) stop(error?.message ?? stderr)
  return stdout
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
