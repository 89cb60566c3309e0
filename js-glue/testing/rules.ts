// The rules of a test: answer, fail, hold and delay. Answer and fail rules with `times` apply first, in the order of their
// creation; of the others the latest applies. All matching hold and delay rules apply. A rule is for operations, by name,
// or for a route of its own.
import { Reply } from "./answers"
import { type Operation, paramsOf, type Route, type Routes, routeOf } from "./routes"
import type { BackendRequest, Failure, Handler, Hold, TakeBack } from "./types"

/** The requests that a rule applies to. */
interface Scope {
  name: string
  operations: Operation[]
  /** A route that is in no config: `POST /auth/refresh`. */
  route?: Route
}

/** The part of a request that rules match. */
export interface Asked {
  method: string
  path: string
  operations: readonly Operation[]
}

export interface AnswerRule {
  scope: Scope
  timesLeft: number
  /** Makes the answer. */
  handler?: Handler
  failure?: Failure
}

const ROUTE = /^(GET|HEAD|POST|PUT|PATCH|DELETE) +(\/.*)$/i

export class Rules {
  readonly #routes: Routes
  #answers: AnswerRule[] = []
  #holds: { scope: Scope; gate: Promise<void>; open: () => void; waiting: number }[] = []
  #delays: { scope: Scope; ms: number }[] = []

  constructor(routes: Routes) {
    this.#routes = routes
  }

  answer(name: string, given: unknown, times = Number.POSITIVE_INFINITY): TakeBack {
    const handler = (typeof given === "function" ? given : () => given) as Handler
    return this.#add({ scope: this.#scopeOf(name), timesLeft: checkTimes(times), handler })
  }

  fail(name: string, failure: Failure = {}): TakeBack {
    const { times = Number.POSITIVE_INFINITY, status } = failure
    if (status !== undefined && !(status >= 400 && status <= 599)) {
      throw new Error(
        `raclette-wasm/testing: fail() takes a status from 400 to 599, and was given ${status}. Use answer() with reply()`,
      )
    }
    return this.#add({ scope: this.#scopeOf(name), timesLeft: checkTimes(times), failure })
  }

  hold(name: string): Hold {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const hold = { scope: this.#scopeOf(name), gate, open, waiting: 0 }
    this.#holds.push(hold)
    return {
      get waiting() {
        return hold.waiting
      },
      release: () => {
        this.#holds = this.#holds.filter((other) => other !== hold)
        open()
      },
    }
  }

  delay(name: string, ms: number): TakeBack {
    const delay = { scope: this.#scopeOf(name), ms }
    this.#delays.push(delay)
    return () => {
      this.#delays = this.#delays.filter((other) => other !== delay)
    }
  }

  /** The answer and fail rules for a request, in order. */
  answersFor(asked: Asked): AnswerRule[] {
    return this.#answers.filter(({ scope, timesLeft }) => timesLeft > 0 && covers(scope, asked))
  }

  /** The hold rules for a request. */
  holdsFor(asked: Asked) {
    return this.#holds.filter(({ scope }) => covers(scope, asked))
  }

  delayFor(asked: Asked): number {
    return this.#delays.reduce((sum, { scope, ms }) => (covers(scope, asked) ? sum + ms : sum), 0)
  }

  /** Removes all rules. Held requests continue. */
  clear(): void {
    for (const { open } of this.#holds) open()
    this.#answers = []
    this.#holds = []
    this.#delays = []
  }

  #add(rule: AnswerRule): TakeBack {
    // Limited rules come first, in order; then the latest of the others.
    const limited = this.#answers.filter(({ timesLeft }) => timesLeft !== Number.POSITIVE_INFINITY)
    this.#answers.splice(limited.length, 0, rule)
    return () => {
      this.#answers = this.#answers.filter((other) => other !== rule)
    }
  }

  #scopeOf(name: string): Scope {
    const [, method, path] = ROUTE.exec(name) ?? []
    if (method !== undefined && path !== undefined) return { name, operations: [], route: routeOf(method, path) }
    return { name, operations: this.#routes.operationsOf(name) }
  }
}

function covers({ name, operations, route }: Scope, asked: Asked): boolean {
  if (route) return route.method === asked.method && route.pattern.test(asked.path)
  // `*` also covers requests that are in no config.
  return name === "*" || operations.some((operation) => asked.operations.includes(operation))
}

/** The values of the path's placeholders, by the rule's own route if it has one. */
export function paramsFor({ scope: { route } }: AnswerRule, record: BackendRequest): Record<string, string> {
  return (route && paramsOf(route, record.path)) ?? record.params
}

function checkTimes(times: number): number {
  if (times >= 1) return times
  throw new Error(`raclette-wasm/testing: \`times\` says how many requests a rule is for, at least 1, and was ${times}`)
}

/** The answer of a failure; undefined for none. */
export function replyOf(
  failure: Failure,
  { name }: Scope,
  errorOf: (status: number, message: string) => object,
): Reply | undefined {
  const { status, message = `The test lets ${name} fail`, body, headers = {} } = failure
  return status === undefined ? undefined : new Reply(status, body ?? errorOf(status, message), headers)
}
