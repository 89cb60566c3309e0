// What the facades of one runtime share: the pump, the log, and the places where things without a caller go.
import type { CoreModule } from "../../core/core-module"
import type { Pump } from "../../runtime/pump"
import type { Unsubscribe } from "../../types"
import type { TimersDriver } from "../../types/drivers"
import { messageOf, RacletteError } from "../../types/errors"
import type { LogWriter } from "../log"

export class Context {
  readonly pump: Pump
  readonly log: LogWriter
  readonly timers: TimersDriver
  readonly #onError: ((error: RacletteError) => void) | undefined

  constructor(pump: Pump, log: LogWriter, timers: TimersDriver, onError: ((error: RacletteError) => void) | undefined) {
    this.pump = pump
    this.log = log
    this.timers = timers
    this.#onError = onError
  }

  get core(): CoreModule {
    return this.pump.core
  }

  get runtime(): number {
    return this.pump.runtime
  }

  /** Throws `DISPOSED` once the runtime is. */
  checkAlive(): void {
    if (this.pump.disposed) throw new RacletteError("DISPOSED", "the runtime")
  }

  /** Tells of an error that has no caller: at level 0 of the log, and to `onError`. `logKey`: see LogWriter.write. */
  report(error: RacletteError, logKey = ""): void {
    this.log.write(logKey, error.code, error, 0)
    try {
      this.#onError?.(error)
    } catch (thrown) {
      this.log.write(logKey, "onError threw", thrown, 0)
    }
  }

  /** Reports what the user's code threw. `what`: whose code it is; `logKey`: what stands before it in the log. */
  threw(cause: unknown, what: string, logKey = ""): void {
    this.report(new RacletteError("LISTENER_THREW", `${what}: ${messageOf(cause)}`, { cause }), logKey)
  }

  /** Calls the user's code; what it throws is reported, not passed on. */
  guard(call: () => void, what: string): void {
    try {
      call()
    } catch (cause) {
      this.threw(cause, what)
    }
  }
}

/** What a scope can own and end. */
export interface Owned {
  dispose(): void
}

/** What a scope registered, so that its end can take it all back. */
export class Registrations {
  readonly #members = new Set<Unsubscribe | Owned>()
  readonly #what: string
  #disposed = false

  /** `what` is disposed of with it. */
  constructor(what = "this scope") {
    this.#what = what
  }

  get disposed(): boolean {
    return this.#disposed
  }

  /** Throws `DISPOSED` once the scope is. */
  checkAlive(): void {
    if (this.#disposed) throw new RacletteError("DISPOSED", this.#what)
  }

  /** Keeps `remove` until it is called, by the user or by `dispose`. Returns a function that calls it once. */
  add(remove: Unsubscribe): Unsubscribe {
    const once = () => {
      if (this.#members.delete(once)) remove()
    }
    this.#members.add(once)
    return once
  }

  /** Keeps `member` until it is let go, and ends it if that does not come first. */
  own(member: Owned): void {
    this.#members.add(member)
  }

  /** Lets go of `member`. Whether it was there. */
  release(member: Owned): boolean {
    return this.#members.delete(member)
  }

  dispose(): void {
    this.#disposed = true
    for (const member of [...this.#members]) {
      if (typeof member === "function") member()
      else if (this.#members.delete(member)) member.dispose()
    }
  }
}
