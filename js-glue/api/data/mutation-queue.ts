// The mutation queue as the runtime uses it: that of persisted-mutations.ts, which is part of a chunk, or one for
// runtimes without `offlineMode`, in which no mutation waits for the network.
import type { PersistedMutations } from "./persisted-mutations"
import type { Session, StoredMutations } from "./stored-mutations"

export type MutationQueue = Pick<PersistedMutations, "begin" | "change" | "has" | "keep" | "tried" | "forget" | "close">

/** The part of the package for `offlineMode`: what api uses of the chunk. */
export interface OfflinePart {
  readonly PersistedMutations: typeof PersistedMutations
  readonly StoredMutations: typeof StoredMutations
}

const nothing = () => {}

/** The storage where nothing is stored. */
export const NO_SESSION: Session = { loaded: Promise.resolve(), close: nothing }

/** The queue where nothing waits. */
export const NO_QUEUE: MutationQueue = {
  ...{ begin: nothing, keep: nothing, tried: nothing, forget: nothing, close: nothing },
  has: () => false,
  change(_discard, _next, end) {
    end(true)
    return []
  },
}
