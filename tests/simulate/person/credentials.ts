// The application's `auth`, as in docs/log-in.md: it renews a refused token with a refresh token that can be used once,
// unless another page has renewed it; it has a timeout; and it deletes a login that has ended. The user then logs in
// again at once.
import type { Login } from "../backend/tokens"
import type { VirtualPage } from "../platform/page"
import type { Scene } from "../scene"
import { URL_OF_BACKEND } from "./config"

/** The user and the page for which credentials are requested. */
interface Asking {
  readonly user: string
  readonly page: VirtualPage
}

const LIMIT = 8000

export class Credentials {
  readonly #world: Scene
  readonly #app: Asking
  readonly #mine = new Map<string, string>()

  constructor(world: Scene, app: Asking) {
    this.#world = world
    this.#app = app
  }

  async ask(reason: string | undefined): Promise<{ token: string }> {
    const { user, page } = this.#app
    const { logins } = page.browser
    let login = logins.get(user)
    if (!login) login = this.#world.backend.tokens.logIn(user)
    else if (reason && login.token === this.#mine.get(user)) login = await this.#refresh(user, login)
    logins.set(user, login)
    this.#mine.set(user, login.token)
    // Requests that waited for credentials are sent now, although they were made earlier.
    page.soon(() => page.happens(true))
    return { token: login.token }
  }

  async #refresh(user: string, { refreshToken }: Login): Promise<Login> {
    const { page } = this.#app
    const controller = new AbortController()
    const timer = page.setTimer(() => controller.abort(), LIMIT)
    try {
      const body = JSON.stringify({ refreshToken })
      const init = { method: "POST", body, signal: controller.signal }
      const answer = (await fetch(`${URL_OF_BACKEND}/auth/refresh`, init)) as Response
      if (answer.status === 401) page.browser.logins.delete(user)
      const text = await answer.text()
      // An HTML page comes from a captive portal, not the backend: treated as a network failure.
      const status = text.startsWith("{") ? answer.status : 503
      if (status !== 200) throw Object.assign(new Error(`The refresh failed with status ${status}`), { status })
      const login = JSON.parse(text) as Login
      this.#world.backend.tokens.received(refreshToken, login.refreshToken)
      return login
    } finally {
      page.clearTimer(timer)
    }
  }
}
