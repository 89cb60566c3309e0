// What the facades of one runtime share: the pump, the log, and the reporting of errors that have no caller.
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

  /** Throws `DISPOSED` if the runtime is disposed of. */
  checkAlive(): void {
    if (this.pump.disposed) throw new RacletteError("DISPOSED", "the runtime")
  }

  /** Reports an error that has no caller: at level 0 of the log, and to `onError`. `logKey`: see LogWriter.write. */
  report(error: RacletteError, logKey = ""): void {
    this.log.write(logKey, error.code, error, 0)
    try {
      this.#onError?.(error)
    } catch (thrown) {
      this.log.write(logKey, "onError threw", thrown, 0)
    }
  }

  /** Reports an exception from user code. `what`: whose code it is. `logKey`: its prefix in the log. */
  threw(cause: unknown, what: string, logKey = ""): void {
    this.report(new RacletteError("LISTENER_THREW", `${what}: ${messageOf(cause)}`, { cause }), logKey)
  }

  /** Calls user code. Exceptions are reported, not rethrown. */
  guard(call: () => void, what: string): void {
    try {
      call()
    } catch (cause) {
      this.threw(cause, what)
    }
  }
}

/** Something that a scope owns and disposes of. */
export interface Owned {
  dispose(): void
}

/** Everything that a scope has registered, so that `dispose` can remove it. */
export class Registrations {
  readonly #members = new Set<Unsubscribe | Owned>()
  readonly #what: string
  #disposed = false

  /** `what`: the name of the scope in `DISPOSED` errors. */
  constructor(what = "this scope") {
    this.#what = what
  }

  get disposed(): boolean {
    return this.#disposed
  }

  /** Throws `DISPOSED` if the scope is disposed of. */
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

  /** Owns `member`: `dispose` disposes of it, unless it is released first. */
  own(member: Owned): void {
    this.#members.add(member)
  }

  /** Releases `member`. Returns whether it was owned. */
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
