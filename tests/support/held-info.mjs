// Loaded before the backend's own modules, it holds up what the backend asks Redis of itself when that is back (`INFO
// server`), until the file that RELEASE_INFO names is there. All else goes on.
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
