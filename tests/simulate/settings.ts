// The settings of a run, drawn from its seed at the start.
import { mix, Random } from "./random"

export interface Settings {
  /** The version of items: none, a number, or text. */
  versions: "none" | "number" | "text"
  /** Whether responses and sessions have commit numbers. */
  hasCommits: boolean
  /** Whether sessions are recovered. */
  hasRecovery: boolean
  /** The server's maximum page size. 0: no maximum. */
  pageCap: number
  /** The entities with `offlineMode`. */
  offlineTodos: boolean
  offlineNotes: boolean
  /** Whether clients choose the ids of new items. */
  hasOwnIds: boolean
  /** Whether each operation emits two events, on two channels. */
  hasSecondChannel: boolean
  pingInterval: number
  pingTimeout: number
  /** The lifetime of tokens, in ms. */
  tokenLife: number
  /** The pages' transports. */
  transports: ("websocket" | "polling")[]
  /** Whether the network blocks WebSockets. */
  isWebSocketBlocked: boolean
  /** The storage of queued mutations: the browser's database, or a custom one without knowledge of other pages. */
  storage: "database" | "plain"
  /** Whether all mutations have keys and commute, so that a run without faults must end in the same state. */
  commutes: boolean
  browsers: number
  /** The number of queries that a page observes. */
  watched: number
  /** Whether polling sessions may upgrade to a WebSocket. */
  hasUpgrades: boolean
  /** Whether some events are duplicated. */
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
