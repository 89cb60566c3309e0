// `reset()`: the user has changed. The next user never sees or sends what the previous one requested, saw or stored.
// All of it ends in one step, in which no user code runs except callbacks of acks. Only then is the next identity
// requested. If calls overlap, the last one determines the identity, and all of them wait for it.
import type { DroppedMutation } from "../types"
import { RacletteError } from "../types/errors"
import { batch } from "./base/state"
import type { Session } from "./data/stored-mutations"
import type { Shared } from "./plugin-api"

/** How the next session begins. */
export interface Opening {
  /** Requests the identity. Rejects if it is invalid. */
  ask(): Promise<string | undefined>
  open(identity: string | undefined): Session
}

export class Resets {
  readonly #shared: Shared
  readonly #opening: Opening
  /** The storage of the next session, from the last call. */
  #next: Promise<Session> | undefined
  /** An open storage whose session has not begun. */
  #opened: Session | undefined

  constructor(shared: Shared, opening: Opening) {
    this.#shared = shared
    this.#opening = opening
  }

  /** See Runtime.reset. */
  async reset(discard: boolean): Promise<DroppedMutation[]> {
    this.#shared.context.checkAlive()
    // The identity is requested after the session has ended.
    const next: Promise<Session> = Promise.resolve().then(() => this.#open(() => this.#next === next))
    next.catch(() => {})
    this.#next = next
    const dropped = this.#end(discard, next)
    let waits: Promise<Session> | undefined
    while (waits !== this.#next) {
      waits = this.#next
      const stored = await waits
      await stored?.loaded
    }
    this.#begin()
    return dropped
  }

  /** Ends the session. Returns the queued mutations that were dropped. */
  #end(discard: boolean, next: Promise<Session>): DroppedMutation[] {
    const { context, queries, mutations, sockets } = this.#shared
    const { pump, core, runtime } = context
    let dropped: DroppedMutation[] = []
    const endAll = () => {
      pump.enter((now) => core.rac_end_sessions(runtime, now))
      for (const socket of sockets) socket?.part()
      if (pump.disposed) return
      dropped = mutations.change(discard, next, (isDiscarded) => {
        queries.clear(isDiscarded)
        pump.changeUser()
      })
    }
    context.guard(() => batch(endAll), "a subscriber, told of `reset()`")
    return dropped
  }

  async #open(isWanted: () => boolean): Promise<Session> {
    this.#close()
    const identity = await this.#opening.ask()
    if (!isWanted()) return this.#next as Promise<Session>
    this.#checkAlive()
    this.#opened = this.#opening.open(identity)
    return this.#opened
  }

  /** Begins the session, for all overlapping calls. The first one to arrive does it. */
  #begin(): void {
    const { context, mutations, queries, configs } = this.#shared
    const { pump, core, runtime } = context
    if (pump.disposed) this.#close()
    this.#checkAlive()
    const stored = this.#opened
    if (!stored) return
    this.#opened = undefined
    mutations.begin(stored, (mutation) => queries.restore(configs.get(mutation.pluginKey), mutation))
    pump.enter((now) => core.rac_restore_sessions(runtime, now))
    queries.refresh()
  }

  #close(): void {
    this.#opened?.close()
    this.#opened = undefined
  }

  #checkAlive(): void {
    if (!this.#shared.context.pump.disposed) return
    throw new RacletteError("DISPOSED", "the runtime, before the next session began")
  }
}
