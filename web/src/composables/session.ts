// Who this tab is. A name is made up once per tab, and the backend's development login turns it into a token. Both
// outlive a reload but not the tab, so two tabs are two people, which is what one wants to see in a demo.
import { shallowRef } from "vue"
import { inTab } from "./storage"

const USER = "raclette-demo-user"
const TOKEN = "raclette-demo-token"

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

let underWay: Promise<string> | undefined

/** One login at a time: the connection and the first request ask for credentials in the same moment. */
function login(): Promise<string> {
  underWay ??= askForToken().finally(() => {
    underWay = undefined
  })
  return underWay
}

async function askForToken(): Promise<string> {
  loginWasAnswered.value = false
  const answer = await fetch("/auth/dev-login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user }),
  })
  loginWasAnswered.value = true
  if (!answer.ok) throw new Error(`the login answered ${answer.status}`)
  const { token } = (await answer.json()) as { token: string }
  inTab.write(TOKEN, token)
  return token
}

/** Credentials for the runtime: the token that is kept, or a new one where there is none or it was refused. */
export async function credentials({ reason }: { reason?: string }): Promise<{ token: string }> {
  const kept = reason === undefined ? inTab.read(TOKEN) : undefined
  return { token: kept ?? (await login()) }
}
