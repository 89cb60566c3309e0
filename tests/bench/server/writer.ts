// Writes at a fixed rate, whether or not earlier writes have been answered (an open loop). Latency is measured from the
// scheduled time, so that a stalling backend cannot hide it (coordinated omission). Alternatively a fixed number of
// concurrent writes, each started when one is answered.
import { Agent, request } from "node:http"
import type { Ledger } from "./ledger"
import { type Percentiles, percentilesOf } from "./percentiles"

/** The maximum number of concurrent writes. Further ones wait in the writer, and are late. */
const CONNECTIONS = 64

/**
 * How the writes of a step follow on each other: at a rate, a second, or so many at once, each as soon as one is
 * answered.
 */
export type Pace = { rate: number } | { atOnce: number }

/** How the writes of a step went. */
export interface Written {
  answered: number
  /** Writes with a response other than 201, or with none. */
  failed: number
  /** The time from when a write was due until its response, in ms. */
  answerTime: Percentiles
}

/** A user who adds todos at the backend at `url`. */
export class Writer {
  readonly #url: URL
  readonly #token: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

  constructor(url: string, token: string) {
    this.#url = new URL("todo", url)
    this.#token = token
  }

  /** Starts `count` writes. What it returns has a promise of their end, and tells how they went so far. */
  start(ledger: Ledger, count: number, pace: Pace): { over: Promise<void>; sum(): Written } {
    const times = new Float64Array(count)
    const outcome = { answered: 0, failed: 0 }
    const write = (write: number, dueAt: number) => {
      ledger.due(write, dueAt)
      return this.#post(ledger.nameOf(write)).then(
        (body) => {
          ledger.answered(write, body)
          times[outcome.answered++] = performance.now() - dueAt
        },
        () => void outcome.failed++,
      )
    }
    const over = "rate" in pace ? inTime(count, pace.rate, write) : inTurns(count, pace.atOnce, write)
    const sum = () => ({
      answered: outcome.answered,
      failed: count - outcome.answered,
      answerTime: percentilesOf(times.slice(0, outcome.answered)),
    })
    return { over, sum }
  }

  close(): void {
    this.#agent.destroy()
  }

  #post(name: string): Promise<string> {
    const payload = JSON.stringify({ name })
    const headers = {
      authorization: `Bearer ${this.#token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(payload),
    }
    return new Promise((resolve, reject) => {
      const post = request(this.#url, { method: "POST", agent: this.#agent, headers }, (answer) => {
        let body = ""
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk
        })
        answer.on("error", reject).on("end", () => {
          if (answer.statusCode === 201) resolve(body)
          else reject(new Error(`POST /todo failed with status ${answer.statusCode}`))
        })
      })
      post.on("error", reject).end(payload)
    })
  }
}

type Act = (place: number, dueAt: number) => Promise<void>

/** Calls `act` `count` times, so that `atOnce` of them are under way; resolves when all are over. */
async function inTurns(count: number, atOnce: number, act: Act): Promise<void> {
  let next = 0
  const oneByOne = async () => {
    while (next < count) await act(next++, performance.now())
  }
  await Promise.all(Array.from({ length: atOnce }, oneByOne))
}

/** Calls `act` `count` times at `rate` a second, with when each was due; resolves when all that it returned is over. */
function inTime(count: number, rate: number, act: Act): Promise<void> {
  const begin = performance.now()
  const dueAt = (place: number) => begin + (place * 1000) / rate
  const acts: Promise<void>[] = []
  return new Promise((resolve, reject) => {
    const tick = () => {
      while (acts.length < count && dueAt(acts.length) <= performance.now()) {
        acts.push(act(acts.length, dueAt(acts.length)))
      }
      if (acts.length < count) setTimeout(tick, dueAt(acts.length) - performance.now())
      else Promise.all(acts).then(() => resolve(), reject)
    }
    tick()
  })
}
