// `runtime.connection`: the state of the connection, combined from the core's separate effects.
import type { ProgressEffect } from "../../runtime/effects"
import type { ConnectionState } from "../../types"
import type { TimersDriver } from "../../types/drivers"
import { State, set } from "../base/state"

const UNKNOWN: ConnectionState = { attempt: 0, nextAttempt: undefined, latency: undefined }

export class Connection {
  readonly state = new State(Object.freeze(UNKNOWN))
  readonly #timers: Pick<TimersDriver, "wallClock">
  #now = UNKNOWN

  constructor(timers: Pick<TimersDriver, "wallClock">) {
    this.#timers = timers
  }

  /** The changed fields. */
  changed(effect: ProgressEffect): void {
    this.#now = Object.freeze({ ...this.#now, ...this.#changesIn(effect) })
    set(this.state, this.#now)
  }

  #changesIn(effect: ProgressEffect): Partial<ConnectionState> {
    if (effect.type === "latencyChanged") return { latency: effect.latency }
    const { attempt, wait } = effect
    return { attempt, nextAttempt: wait > 0 ? this.#timers.wallClock() + wait : undefined }
  }
}
