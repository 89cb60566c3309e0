// The tokens of the model backend: they expire, and are renewed with a refresh token that can be used once. If the
// response of a refresh was lost, the refresh token works once more. A second use after a response is a bug of the
// clients, and is recorded.
import type { Clock } from "../platform/clock"

export interface Login {
  token: string
  refreshToken: string
}

interface Refresh {
  user: string
  /** The login that it was last exchanged for. */
  successor: string | undefined
  /** Whether a client has received that login. */
  isOver: boolean
}

export class Tokens {
  /** Refresh tokens that were used twice. */
  readonly stolen: string[] = []
  readonly #clock: Clock
  #life: number
  readonly #ends = new Map<string, number>()
  readonly #refreshes = new Map<string, Refresh>()
  #count = 0

  constructor(clock: Clock, life: number) {
    this.#clock = clock
    this.#life = life
  }

  logIn(user: string): Login {
    const token = `${user}.${++this.#count}`
    const refreshToken = `${user}.r${this.#count}`
    this.#ends.set(token, this.#clock.now + this.#life)
    this.#refreshes.set(refreshToken, { user, successor: undefined, isOver: false })
    return { token, refreshToken }
  }

  /** Exchanges a refresh token for the next login. undefined if it is unknown or used. */
  refresh(refreshToken: string): Login | undefined {
    const known = this.#refreshes.get(refreshToken)
    if (!known) return undefined
    if (known.isOver) {
      this.stolen.push(refreshToken)
      return undefined
    }
    const login = this.logIn(known.user)
    known.successor = login.refreshToken
    return login
  }

  /** Called when a client has received the response for `refreshToken`. */
  received(refreshToken: string, successor: string): void {
    const known = this.#refreshes.get(refreshToken)
    if (!known) return
    known.isOver = true
    if (known.successor !== successor) this.stolen.push(refreshToken)
  }

  /** The user of a token; undefined if it is missing, forged or expired. */
  userOf(token: unknown): string | undefined {
    const end = this.endOf(token)
    return end !== undefined && end > this.#clock.now ? String(token).split(".")[0] : undefined
  }

  /** When the token expires. */
  endOf(token: unknown): number | undefined {
    return this.#ends.get(String(token))
  }

  /** Stops the expiry of all valid and future tokens. */
  keep(): void {
    this.#life = Number.POSITIVE_INFINITY
    for (const [token, end] of this.#ends) if (end > this.#clock.now) this.#ends.set(token, this.#life)
  }

  /** Expires all tokens issued so far. */
  revoke(): void {
    for (const [token, end] of this.#ends) this.#ends.set(token, Math.min(end, this.#clock.now))
  }
}
