// The user of this tab. Each tab gets a random name, with which it calls the backend's development login. That returns
// a token and a refresh token, and each refresh returns the next pair, so a page stays logged in for days. Name and
// login are in sessionStorage: they survive a reload, and two tabs are two users, as a demo should show. See
// docs/log-in.md for tabs that share one login.
import { shallowRef } from "vue"
import { tabStorage } from "./storage"

interface Login {
  token: string
  refreshToken: string
}

const USER = "raclette-demo-user"
const LOGIN = "raclette-demo-login"
const LOGIN_TIMEOUT = 8000

const moods = ["calm", "brave", "merry", "quiet", "sunny", "clever", "gentle", "swift"]
const animals = ["marmot", "ibex", "otter", "heron", "badger", "chamois", "finch", "lynx"]

const pick = (words: string[]) => words[Math.floor(Math.random() * words.length)]

function randomName(): string {
  const name = `${pick(moods)}-${pick(animals)}-${Math.floor(Math.random() * 90) + 10}`
  tabStorage.write(USER, name)
  return name
}

/** The name of this tab's user. */
export const user = tabStorage.read(USER) ?? randomName()

/**
 * Whether the last login request got a response, also an error response. False means that the backend is unreachable.
 */
export const loginGotResponse = shallowRef(true)

/** An error response. The runtime decides by `status` whether to retry. */
class LoginError extends Error {
  constructor(
    readonly path: string,
    readonly status: number,
  ) {
    super(`POST ${path} failed with status ${status}`)
  }
}

async function post(path: string, body: object): Promise<Login> {
  loginGotResponse.value = false
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LOGIN_TIMEOUT),
  })
  loginGotResponse.value = true
  if (!answer.ok) throw new LoginError(path, answer.status)
  const login = (await answer.json()) as Login
  tabStorage.write(LOGIN, JSON.stringify(login))
  return login
}

const logIn = () => post("/auth/dev-login", { user })

/** Refreshes a login. If it has ended, logs in again, which needs no password here. */
async function renew({ refreshToken }: Login): Promise<Login> {
  try {
    return await post("/auth/refresh", { refreshToken })
  } catch (error) {
    if (error instanceof LoginError && error.status === 401) return logIn()
    throw error
  }
}

let inFlight: Promise<Login> | undefined

/** The runtime's `auth` option. `reason` is set if the backend refused the last token. */
export async function credentials({ reason }: { reason?: string }): Promise<{ token: string }> {
  const text = tabStorage.read(LOGIN)
  const stored = text === undefined ? undefined : (JSON.parse(text) as Login)
  if (stored && reason === undefined) return { token: stored.token }
  // The connection and the first request share one login.
  inFlight ??= (stored ? renew(stored) : logIn()).finally(() => {
    inFlight = undefined
  })
  return { token: (await inFlight).token }
}
