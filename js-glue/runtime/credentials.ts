// The user's credentials, asked for in one place: by the socket at every CONNECT, by requests when there are none
// yet or when the ones they went out with were refused. Callers that ask at the same time share one answer.

/** The user's `auth` as a function. */
export type AskAuth = (context: { reason?: string }) => unknown

export type CredentialsObject = Record<string, unknown>

export class Credentials {
  readonly #ask: AskAuth | undefined
  #current: Promise<CredentialsObject> | undefined
  #known: CredentialsObject | undefined

  constructor(ask: AskAuth | undefined) {
    this.#ask = ask
    if (!ask) this.#known = {}
  }

  /** The credentials of now, where it takes no waiting for them. */
  get known(): CredentialsObject | undefined {
    return this.#known
  }

  /** Asks the user. Rejects with what the user's function throws, or if its answer is no object. */
  renew(reason: string | undefined): Promise<CredentialsObject> {
    const asked = this.#answer(reason)
    this.#current = asked
    this.#known = undefined
    asked.then(
      (answer) => {
        if (this.#current === asked) this.#known = answer
      },
      () => {
        if (this.#current === asked) this.#current = undefined
      },
    )
    return asked
  }

  /** The credentials of now; asks if there are none. */
  get(): Promise<CredentialsObject> {
    return this.#current ?? this.renew(undefined)
  }

  /** The credentials after `refused` was refused: newer ones if there are any by now, else asks. */
  async after(refused: CredentialsObject | undefined, reason: string): Promise<CredentialsObject> {
    const current = await this.#current?.catch(() => undefined)
    return current && current !== refused ? current : this.renew(reason)
  }

  async #answer(reason: string | undefined): Promise<CredentialsObject> {
    if (!this.#ask) return {}
    const answer = await this.#ask(reason === undefined ? {} : { reason })
    if (typeof answer === "object" && answer !== null) return { ...answer }
    throw new TypeError("`auth` has to return an object, for example { token }")
  }
}
