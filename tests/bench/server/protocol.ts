// The messages between the bench and its load process: one command at a time, each with one response.
import type { Heard } from "./ledger"
import type { Percentiles } from "./percentiles"
import type { Usage } from "./usage"
import type { Pace, Written } from "./writer"

/** The backend under load. */
export interface Target {
  url: string
  /** Signs tokens. */
  secret: string
  /** The backend's process. */
  pid: number
}

/** The load of a step. */
export interface Load {
  pace: Pace
  /** How many writes there are. */
  writes: number
}

export type Command = { target: Target } | { clients: number } | { load: Load }

/** The result of a command. For `clients`: how long each took to connect, in ms. */
export type Answer = { done: true } | { connectTime: Percentiles } | { observed: Observed } | { error: string }

/** The observations of a step. */
export interface Observed extends Heard, Written {
  clients: number
  writes: number
  /** The time from the first write until the last delivery, or the timeout. */
  seconds: number
  /** Connections that ended. */
  dropped: number
  server: Usage
  loadClient: Usage
}
