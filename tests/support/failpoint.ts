// Preloaded into the backend's process, it kills the process once at the point that FAILPOINT names. A backend that is
// restarted with the same data survives.
//   before-commit   all of an operation is written, and nothing of it committed
//   after-commit    it is committed, and neither answered nor told, to clients or to Redis
import { existsSync, writeFileSync } from "node:fs"
import { ServerResponse } from "node:http"
import { Server as NetServer } from "node:net"
import { join } from "node:path"
import { Redis } from "ioredis"
import Database from "libsql"
import { Server } from "socket.io"

const marker = join(process.env.RACLETTE_DATA ?? "", "failed-once")

function die(): never {
  writeFileSync(marker, "")
  process.kill(process.pid, "SIGKILL")
  throw new Error("SIGKILL did not end the process")
}

/** Dies at the first commit after the backend listens. Earlier commits create its tables. */
function dieAtCommit(): void {
  let serves = false
  const { listen } = NetServer.prototype
  NetServer.prototype.listen = function (this: NetServer, ...args: unknown[]) {
    this.once("listening", () => {
      serves = true
    })
    return listen.apply(this, args as never)
  } as typeof listen
  const { prepare } = Database.prototype
  Database.prototype.prepare = function (this: typeof Database.prototype, text: string) {
    const statement = prepare.call(this, text) as { run(values: unknown[]): unknown }
    const run = statement.run.bind(statement)
    if (text === "COMMIT") statement.run = (values) => (serves ? die() : run(values))
    return statement
  } as typeof prepare
}

if (!existsSync(marker)) {
  if (process.env.FAILPOINT === "before-commit") dieAtCommit()
  else {
    Server.prototype.emit = die
    const { writeHead } = ServerResponse.prototype
    ServerResponse.prototype.writeHead = function (this: ServerResponse, ...args: unknown[]) {
      // The response of a creation.
      return args[0] === 201 ? die() : writeHead.apply(this, args as never)
    } as typeof writeHead
    const { xadd } = Redis.prototype
    Redis.prototype.xadd = function (this: Redis, ...args: unknown[]) {
      return JSON.stringify(args).includes("plugin_") ? die() : xadd.apply(this, args as never)
    } as typeof xadd
  }
}
