// A client's login: a token of the development login, used until it is refused.

/** The timeout of a login, in ms. */
const LIMIT = 8000

export class Login {
  readonly #url: string
  readonly #user: string
  #token: Promise<string> | undefined

  constructor(url: string, user: string) {
    this.#url = url
    this.#user = user
  }

  /** Returns a token. Rejects like `fetch` without a network, and with `status` if the login is refused. */
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
  if (!answer.ok)
    throw Object.assign(new Error(`The login failed with status ${answer.status}`), { status: answer.status })
  return ((await answer.json()) as { token: string }).token
}
