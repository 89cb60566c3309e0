// Preloaded into the backend's process, it delays the backend's `INFO server` command after Redis is back, until the
// file that RELEASE_INFO names exists. All other commands go on.
import { existsSync, watch } from "node:fs"
import { dirname } from "node:path"
import { Redis } from "ioredis"

const release = process.env.RELEASE_INFO ?? ""

function released() {
  return new Promise((resolve) => {
    const watcher = watch(dirname(release), look)
    function look() {
      if (!existsSync(release)) return
      watcher.close()
      resolve()
    }
    look()
  })
}

const { info } = Redis.prototype
let isFirst = true
Redis.prototype.info = async function (...args) {
  const isAsked = args[0] === "server"
  if (isAsked && !isFirst) await released()
  if (isAsked) isFirst = false
  return info.apply(this, args)
}
