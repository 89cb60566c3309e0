// The user's credentials. The socket asks for them at every CONNECT; requests ask if there are none yet; both ask when
// the server refused the current ones. Callers share one pending call of `auth`. Callers that were refused with the
// same token also share its result, even a failure, because a refresh token may be valid only once.

/** The user's `auth` as a function that returns its answer. */
export type AskAuth = (context: { reason?: string }) => unknown

export type CredentialsObject = Record<string, unknown>

/** One refusal and its outcome. */
interface Refusal {
  readonly key: unknown
  readonly next: Promise<CredentialsObject>
  /** The result of `next`. */
  got?: CredentialsObject
}

/** A pending answer, shared by all callers since the previous one. */
interface Awaited {
  readonly promise: Promise<CredentialsObject>
  readonly resolve: (answer: CredentialsObject) => void
  readonly reject: (error: unknown) => void
  /** Number of the call of `auth` that counts: the last one. 0 if it takes too long: the next caller calls again. */
  call: number
}

export class Credentials {
  readonly #ask: AskAuth | undefined
  #known: CredentialsObject | undefined
  #awaited: Awaited | undefined
  #calls = 0
  #refusal: Refusal | undefined

  constructor(ask: AskAuth | undefined) {
    this.#ask = ask
    if (!ask) this.#known = {}
  }

  /** Returns the current credentials, if they are available without waiting. */
  get known(): CredentialsObject | undefined {
    return this.#known
  }

  /** Resolves with the current credentials. Asks if there are none. Rejects with what the user's function throws. */
  get(): Promise<CredentialsObject> {
    return this.#known ? Promise.resolve(this.#known) : this.renew(undefined)
  }

  /** Calls `auth`, unless a call is pending. Rejects like `get()`, or if the answer is no object. */
  renew(reason: string | undefined): Promise<CredentialsObject> {
    this.#awaited ??= this.#await()
    const waiting = this.#awaited
    if (waiting.call !== 0) return waiting.promise
    const call = ++this.#calls
    waiting.call = call
    this.#known = undefined
    // A later call replaces this one.
    const counts = () => waiting.call === call || waiting.call === 0
    this.#answer(reason).then(
      (answer) => counts() && waiting.resolve(answer),
      (error: unknown) => counts() && waiting.reject(error),
    )
    return waiting.promise
  }

  /** Creates a pending answer. It is stored before the waiting callers resume, unless a reset has dropped it. */
  #await(): Awaited {
    const ends = {} as Pick<Awaited, "resolve" | "reject">
    const promise = new Promise<CredentialsObject>((resolve, reject) => Object.assign(ends, { resolve, reject }))
    const waiting = { promise, ...ends, call: 0 }
    promise.then(
      (answer) => {
        if (this.#awaited !== waiting) return
        this.#awaited = undefined
        this.#known = answer
        if (this.#refusal?.next !== promise) this.#refusal = undefined
      },
      () => {
        if (this.#awaited === waiting) this.#awaited = undefined
      },
    )
    return waiting
  }

  /** The pending call takes too long. The next caller calls `auth` again; that answer serves all waiting callers. */
  giveUp(): void {
    if (this.#awaited) this.#awaited.call = 0
    this.#refusal = undefined
  }

  /** Resolves with the credentials after `refused` was refused: newer ones if available, otherwise asks the user. */
  after(refused: CredentialsObject | undefined, reason: string): Promise<CredentialsObject> {
    const key = keyOf(refused)
    const before = this.#refusal
    // Credentials from an earlier refusal may be refused too. That is a new refusal.
    if (before && before.key === key && before.got !== refused) return before.next
    if (this.#known && keyOf(this.#known) !== key) return Promise.resolve(this.#known)
    const refusal: Refusal = { key, next: this.renew(reason) }
    this.#refusal = refusal
    refusal.next.then(
      (got) => {
        refusal.got = got
      },
      () => {},
    )
    return refusal.next
  }

  /** The user has changed. Drops all credentials, refusals and pending answers. */
  reset(): void {
    this.#known = this.#ask ? undefined : {}
    this.#awaited = undefined
    this.#refusal = undefined
  }

  async #answer(reason: string | undefined): Promise<CredentialsObject> {
    if (!this.#ask) return {}
    const answer = await this.#ask(reason === undefined ? {} : { reason })
    if (typeof answer === "object" && answer !== null) return { ...answer }
    throw new Error("`auth` must return an object, or call its argument with one, for example { token }")
  }
}

/** Identifies credentials: by their token, if they have one. */
function keyOf(credentials: CredentialsObject | undefined): unknown {
  return typeof credentials?.token === "string" ? credentials.token : credentials
}
