// The settings of a run, drawn from its seed at the start.
import { mix, Random } from "./random"

export interface Settings {
  /** Items say when they changed: not at all, as a number, or as text. */
  versions: "none" | "number" | "text"
  /** Answers and sessions say up to which event they know. */
  hasCommits: boolean
  /** Sessions are recovered. */
  hasRecovery: boolean
  /** The server gives no more than so many items at once; 0: all. */
  pageCap: number
  /** Which entities' mutations wait for the network. */
  offlineTodos: boolean
  offlineNotes: boolean
  /** Clients choose the ids of what they create. */
  hasOwnIds: boolean
  /** Each operation makes two events, on two channels. */
  hasSecondChannel: boolean
  pingInterval: number
  pingTimeout: number
  /** So long a token is good, in milliseconds. */
  tokenLife: number
  /** How the pages connect. */
  transports: ("websocket" | "polling")[]
  /** A WebSocket cannot be opened: something on the way does not let it through. */
  isWebSocketBlocked: boolean
  /** Where mutations wait: in the browser's database, or in a storage of the page's own that knows of no other page. */
  storage: "database" | "plain"
  /** All mutations have keys and commute, so that a run without faults has to end in the same state. */
  commutes: boolean
  browsers: number
  /** How many queries a page watches. */
  watched: number
  /** Sessions that poll may go on over a WebSocket. */
  hasUpgrades: boolean
  /** Some events come twice, as from a server that is told of them by two others. */
  repeatsEvents: boolean
}

export function drawSettings(seed: number): Settings {
  const random = new Random(mix(seed, "settings"))
  const commutes = random.chance(0.25)
  const transports: Settings["transports"] = random.chance(0.25) ? ["websocket", "polling"] : ["websocket"]
  const settings: Omit<Settings, "hasUpgrades" | "repeatsEvents"> = {
    versions: random.pick(["none", "number", "number", "text"] as const),
    hasCommits: random.chance(0.5),
    hasRecovery: random.chance(0.5),
    pageCap: random.pick([0, 0, 0, 3]),
    offlineTodos: commutes || random.chance(0.5),
    offlineNotes: commutes || random.chance(0.5),
    hasOwnIds: commutes || random.chance(0.3),
    hasSecondChannel: random.chance(0.3),
    pingInterval: random.pick([25_000, 25_000, 5000]),
    pingTimeout: random.pick([20_000, 4000]),
    tokenLife: random.pick([3_600_000, 600_000, 60_000]),
    transports,
    isWebSocketBlocked: transports.length > 1 && random.chance(0.5),
    storage: random.chance(0.7) ? "database" : "plain",
    commutes,
    browsers: random.pick([1, 1, 2]),
    watched: random.between(2, 5),
  }
  const hasUpgrades = random.chance(0.4)
  if (hasUpgrades && random.chance(0.5)) settings.transports = ["polling", "websocket"]
  return { ...settings, hasUpgrades, repeatsEvents: random.chance(0.15) }
}
