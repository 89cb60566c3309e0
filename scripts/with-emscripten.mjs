// `npm run test:emscripten`: builds the module and the package with another Emscripten and runs the suites that depend on
// it. All of it happens in a copy of the sources, build/emscripten-<version>, so the build in use stays as it is.
//   npm run test:emscripten                       the emcc on the PATH
//   npm run test:emscripten -- ~/emsdk            that of an emsdk
//   npm run test:emscripten -- /var/tmp/trixie    that of a Debian in a folder, as root, made by:
//     debootstrap --variant=minbase trixie /var/tmp/trixie
//     chroot /var/tmp/trixie apt-get install -y --no-install-recommends emscripten git
//   npm run test:emscripten -- ~/emsdk glue       other suites than core, glue and package
// The Node and npm in use are taken there, too. Debian 13's own Node loses the named exports of CommonJS packages under
// --disallow-code-generation-from-strings, with which the package suite imports the adapters.
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { delimiter, dirname, join, resolve } from "node:path"
import { root, setup } from "./setup.mjs"

/** Where the copy is for the Debian in a folder, and Node and npm. */
const inside = "/srv/raclette-wasm"
const tools = "/srv/node"

const [place, ...asked] = process.argv.slice(2)
const suites = asked.length > 0 ? asked : ["core", "glue", "package"]

setup([])
const emscripten = find(place)
const { stdout } = emscripten.run("emcc", ["-dumpversion"], { stdio: "pipe", encoding: "utf8" })
const version = stdout?.trim()
if (!version) stop(`${place ?? "The PATH"} has no emcc that runs.`)
const copy = join(root, `build/emscripten-${version}`)
copySources(copy)
emscripten.prepare(copy)
console.log(`Emscripten ${version}, in ${copy}`)
const options = { cwd: copy, stdio: ["ignore", "inherit", "inherit"] }
const { status } = emscripten.run("node", ["scripts/test.mjs", ...suites], options)
process.exit(status ?? 1)

/** How programs run that see the Emscripten of `place`, and what they need in the copy of the sources. */
function find(place) {
  if (place === undefined) return onPath([])
  const folder = resolve(place)
  const has = (file) => existsSync(join(folder, file))
  if (has("usr/bin/emcc") && has("etc/debian_version")) return chrooted(folder)
  const emcc = ["upstream/emscripten", "."].find((path) => has(join(path, "emcc")))
  if (emcc === undefined) stop(`${folder} is neither an emsdk nor a Debian that has emscripten.`)
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

/** In the Debian of `folder`. The mounts are in a namespace of their own, which ends with the program. */
function chrooted(folder) {
  if (process.getuid?.() !== 0) stop("A Debian in a folder is used through chroot, which only root may call.")
  const npm = dirname(dirname(process.env.npm_execpath ?? stop("Start this by `npm run test:emscripten`.")))
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

/** Copies what git knows or would add; what was built there stays, and is built again where its sources changed. */
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

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}
