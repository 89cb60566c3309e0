// A client's login: a token of the development login, used until it is refused.

/** What a login waits for its answer, in ms. */
const LIMIT = 8000

export class Login {
  readonly #url: string
  readonly #user: string
  #token: Promise<string> | undefined

  constructor(url: string, user: string) {
    this.#url = url
    this.#user = user
  }

  /** A token. Rejects as `fetch` does where there is no network, and with `status` where it is refused. */
  async token(): Promise<string> {
    this.#token ??= logIn(this.#url, this.#user)
    try {
      return await this.#token
    } catch (error) {
      this.#token = undefined
      throw error
    }
  }

  /** Forgets a token that was refused. */
  forget(): void {
    this.#token = undefined
  }
}

async function logIn(url: string, user: string): Promise<string> {
  const answer = await fetch(`${url}auth/dev-login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user }),
    signal: AbortSignal.timeout(LIMIT),
  })
  if (!answer.ok) throw Object.assign(new Error(`the login answered ${answer.status}`), { status: answer.status })
  return ((await answer.json()) as { token: string }).token
}
