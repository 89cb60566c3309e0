// A bug in a node: now and then it treats an event as sent without sending it.
import { Redis } from "ioredis"

const EVERY = 50

let count = 0
const { xadd } = Redis.prototype
Redis.prototype.xadd = function (this: Redis, ...args: unknown[]) {
  const isEvent = JSON.stringify(args).includes("--todoUpdated")
  if (isEvent && ++count % EVERY === 0) return Promise.resolve(`${Date.now()}-0`)
  return xadd.apply(this, args as never)
} as typeof xadd
