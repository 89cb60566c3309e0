// Who this tab is. A name is made up once per tab, and the backend's development login turns it into a token and a
// refresh token, which is good once and brings the next of both: so a page that is left open for days stays logged in.
// Name and login outlive a reload but not the tab, so two tabs are two people, which is what one wants to see in a demo.
// Tabs that share one login keep it where docs/log-in.md says.
import { shallowRef } from "vue"
import { inTab } from "./storage"

interface Login {
  token: string
  refreshToken: string
}

const USER = "raclette-demo-user"
const LOGIN = "raclette-demo-login"
/** In ms. */
const LONGEST_LOGIN = 8000

const moods = ["calm", "brave", "merry", "quiet", "sunny", "clever", "gentle", "swift"]
const animals = ["marmot", "ibex", "otter", "heron", "badger", "chamois", "finch", "lynx"]

const pick = (words: string[]) => words[Math.floor(Math.random() * words.length)]

function madeUpName(): string {
  const name = `${pick(moods)}-${pick(animals)}-${Math.floor(Math.random() * 90) + 10}`
  inTab.write(USER, name)
  return name
}

/** The name of this tab's user. */
export const user = inTab.read(USER) ?? madeUpName()

/** False while the last login got no answer at all, as opposed to one that says no. */
export const loginWasAnswered = shallowRef(true)

/** What is wrong, with the answer's status: by that the runtime knows whether to ask again. */
class LoginError extends Error {
  constructor(
    readonly path: string,
    readonly status: number,
  ) {
    super(`${path} answered ${status}`)
  }
}

async function post(path: string, body: object): Promise<Login> {
  loginWasAnswered.value = false
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LONGEST_LOGIN),
  })
  loginWasAnswered.value = true
  if (!answer.ok) throw new LoginError(path, answer.status)
  const login = (await answer.json()) as Login
  inTab.write(LOGIN, JSON.stringify(login))
  return login
}

const logIn = () => post("/auth/dev-login", { user })

/** Goes on with a login, or begins a new one where that is over: this login asks nobody for a password. */
async function renew({ refreshToken }: Login): Promise<Login> {
  try {
    return await post("/auth/refresh", { refreshToken })
  } catch (error) {
    if (error instanceof LoginError && error.status === 401) return logIn()
    throw error
  }
}

let underWay: Promise<Login> | undefined

/** Credentials for the runtime, which says as `reason` that those it had were refused. */
export async function credentials({ reason }: { reason?: string }): Promise<{ token: string }> {
  const text = inTab.read(LOGIN)
  const kept = text === undefined ? undefined : (JSON.parse(text) as Login)
  if (kept && reason === undefined) return { token: kept.token }
  // The connection and the first request ask in the same moment.
  underWay ??= (kept ? renew(kept) : logIn()).finally(() => {
    underWay = undefined
  })
  return { token: (await underWay).token }
}
