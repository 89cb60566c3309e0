// Programs that write over HTTP with an Idempotency-Key, and retry with the same key until they get a response.
import { randomUUID } from "node:crypto"
import { setTimeout as pause } from "node:timers/promises"
import { mix } from "../../simulate/random"
import type { Entry, Item, Write } from "../record"
import { refusal, type Violation } from "../violation"
import { Login } from "./login"
import type { Cast, Participant } from "./person"
import { Worker } from "./work"

/** The timeout of one attempt, in ms. */
const LIMIT = 8000
const TRIES = 5
const RETRY_DELAY = 700

const METHODS = { create: "POST", update: "PATCH", delete: "DELETE", "hard delete": "DELETE" } as const

function requestOf({ id }: Entry, { kind, name, isCompleted }: Write) {
  const path = kind === "create" ? "todo" : `todo/${id}${kind === "hard delete" ? "/hard" : ""}`
  const body = kind === "create" || kind === "update" ? JSON.stringify({ name, isCompleted }) : undefined
  return { path, method: METHODS[kind], body }
}

class Writer {
  readonly #cast: Cast
  readonly #name: string
  readonly violations: Violation[] = []
  readonly #login: Login

  constructor(cast: Cast, name: string) {
    this.#cast = cast
    this.#name = name
    this.#login = new Login(cast.front, name)
  }

  /** Retries until a response tells the outcome, or too often. */
  async perform(entry: Entry, write: Write): Promise<boolean> {
    const key = randomUUID()
    for (let n = 0; n < TRIES; n++) {
      if (n > 0) await pause(RETRY_DELAY)
      const answer = await this.#try(entry, write, key).catch(() => undefined)
      if (answer?.ok) {
        const item = await itemOf(answer)
        if (!item) continue
        this.#cast.record.answered(entry, write, item)
        return true
      }
      if (answer?.status === 401) this.#login.forget()
      else if (answer && answer.status < 500) {
        const text = await answer.text().catch(() => "")
        this.violations.push(refusal(this.#name, entry, write.kind, `${answer.status} ${text}`))
        return false
      }
    }
    return false
  }

  async #try(entry: Entry, write: Write, key: string): Promise<Response> {
    const { path, method, body } = requestOf(entry, write)
    return fetch(`${this.#cast.front}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#login.token()}`,
        "idempotency-key": key,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(LIMIT),
    })
  }
}

/** The item of a response; undefined if the connection ended before the whole response arrived. */
async function itemOf(answer: Response): Promise<Item | undefined> {
  const whole = (await answer.json().catch(() => undefined)) as { body: { items: Item[] } } | undefined
  return whole?.body.items[0]
}

/** `count` programs that together make `rate` writes per second. */
export function writers(cast: Cast, count: number, rate: number): Participant[] {
  return Array.from({ length: count }, (_, n) => {
    const name = `writer ${n + 1}`
    const writer = new Writer(cast, name)
    const worker = new Worker(name, mix(cast.seed, name), cast.record, {
      pace: (1000 * count) / rate,
      kinds: ["update", "update", "update", "delete", "hard delete"],
      perform: (entry, write) => writer.perform(entry, write),
    })
    return {
      name,
      scope: "all" as const,
      lists: [],
      violations: writer.violations,
      work: () => worker.work(),
      halt: () => worker.halt(),
      dispose() {},
    }
  })
}
