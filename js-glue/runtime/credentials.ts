// The user's credentials, asked for in one place: by the socket at every CONNECT, by requests when there are none yet, and
// by both when the ones they went out with were refused. Whoever asks while an answer is awaited shares it, and so does
// whoever was refused with the same token, also where the answer was a failure: a refresh token may be good for one use.

/** The user's `auth` as a function that returns its answer. */
export type AskAuth = (context: { reason?: string }) => unknown

export type CredentialsObject = Record<string, unknown>

/** What became of one refusal. */
interface Refusal {
  readonly key: unknown
  readonly next: Promise<CredentialsObject>
  /** What `next` resolved with. */
  got?: CredentialsObject
}

/** An answer that is awaited, by all that asked since the one before. */
interface Awaited {
  readonly promise: Promise<CredentialsObject>
  readonly resolve: (answer: CredentialsObject) => void
  readonly reject: (error: unknown) => void
  /** The call of `auth` that counts: the last one. 0: that takes too long, and the next who asks makes another. */
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

  /** The credentials of now, where it takes no waiting for them. */
  get known(): CredentialsObject | undefined {
    return this.#known
  }

  /** The credentials of now; asks if there are none. Rejects with what the user's function throws. */
  get(): Promise<CredentialsObject> {
    return this.#known ? Promise.resolve(this.#known) : this.renew(undefined)
  }

  /** Asks the user, unless an answer is awaited already. Rejects as `get`, or if the answer is no object. */
  renew(reason: string | undefined): Promise<CredentialsObject> {
    this.#awaited ??= this.#await()
    const waiting = this.#awaited
    if (waiting.call !== 0) return waiting.promise
    const call = ++this.#calls
    waiting.call = call
    this.#known = undefined
    // Another call may have been made since.
    const counts = () => waiting.call === call || waiting.call === 0
    this.#answer(reason).then(
      (answer) => counts() && waiting.resolve(answer),
      (error: unknown) => counts() && waiting.reject(error),
    )
    return waiting.promise
  }

  /** What is known is so before those who waited go on, and for nobody else. */
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

  /** What is awaited takes too long: the next who asks makes another call, whose answer is for all that wait. */
  giveUp(): void {
    if (this.#awaited) this.#awaited.call = 0
    this.#refusal = undefined
  }

  /** The credentials after `refused` was refused: those that are newer by now, else what the user says. */
  after(refused: CredentialsObject | undefined, reason: string): Promise<CredentialsObject> {
    const key = keyOf(refused)
    const before = this.#refusal
    // What the answer to an earlier refusal brought may be refused as well: that is another one.
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

  /** The user is another: nothing that is known, was refused, or is awaited, is used any more. */
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

/** What tells credentials apart: their token, where they have one. */
function keyOf(credentials: CredentialsObject | undefined): unknown {
  return typeof credentials?.token === "string" ? credentials.token : credentials
}
