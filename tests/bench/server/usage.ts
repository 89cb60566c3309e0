// The load of a process, read from /proc: whether server or load client was busy, and whether a core or the disk was
// the bottleneck. A Node process is bound by its main thread, so that thread is measured separately: its running time,
// and the time that it waited for a core. State D, sampled, means waiting for the disk.
import { readFileSync } from "node:fs"

/** Linux counts CPU time in hundredths of a second for readers of /proc. */
const TICK = 10
/** How often the state of the main thread is sampled, in ms. */
const SAMPLE = 10

/** The cost of a process over a while; shares are in percent of that while. */
export interface Usage {
  /** CPU time of all threads. */
  cpu: number
  /** CPU time of the main thread. */
  thread: number
  /** How long the main thread waited for a core. */
  starved: number
  /** How long the main thread waited for the disk. */
  disk: number
  /** Resident memory at the end, in bytes. */
  rss: number
}

/** Times of a process so far, in ms. */
interface Times {
  cpu: number
  thread: number
  starved: number
}

/** Watches a process from its construction until `stop()`. */
export class UsageProbe {
  readonly #pid: number
  readonly #begin = performance.now()
  readonly #before: Times
  readonly #timer: NodeJS.Timeout
  #samples = 0
  #atDisk = 0

  constructor(pid: number) {
    this.#pid = pid
    this.#before = timesOf(pid)
    this.#timer = setInterval(() => {
      this.#samples++
      if (statOf(pid)[0] === "D") this.#atDisk++
    }, SAMPLE)
  }

  /** The cost since the beginning; all zero if the process is gone. */
  stop(): Usage {
    clearInterval(this.#timer)
    const elapsed = performance.now() - this.#begin
    const now = timesOf(this.#pid)
    const share = (name: keyof Times) => Math.max(0, (100 * (now[name] - this.#before[name])) / elapsed)
    const disk = this.#samples === 0 ? 0 : (100 * this.#atDisk) / this.#samples
    return { cpu: share("cpu"), thread: share("thread"), starved: share("starved"), disk, rss: rssOf(this.#pid) }
  }
}

function timesOf(pid: number): Times {
  const stat = statOf(pid)
  const [ran = 0, waited = 0] = read(pid, "schedstat").split(" ").map(Number)
  return { cpu: (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * TICK, thread: ran / 1e6, starved: waited / 1e6 }
}

/** The fields of /proc/<pid>/stat after the name, which may hold spaces: the first is the state. */
function statOf(pid: number): string[] {
  return read(pid, "stat")
    .replace(/^.*\) /, "")
    .split(" ")
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s*(\d+)/.exec(read(pid, "status"))?.[1] ?? 0) * 1024
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8")
  } catch {
    return ""
  }
}

/** How many connections one process can hold on one loopback address: open files and local ports allow so many. */
export function connectionLimit(): number {
  const files = Number(/Max open files\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 1024)
  const range = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s+/).map(Number)
  const ports = (range[1] ?? 0) - (range[0] ?? 0)
  const OTHERS = 200
  return Math.min(files, ports) - OTHERS
}
