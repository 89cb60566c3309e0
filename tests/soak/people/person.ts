// The interface of all participants of a run.
import type { Hearing } from "../hearing"
import type { Watched } from "../history"
import type { Record as WriteRecord } from "../record"
import type { Violation } from "../violation"

export interface Person {
  name: string
  /** Which line is between it and the nodes; `all`: none. */
  scope: number | "all"
  hearing?: Hearing
  lists: Watched[]
  /** Writes until `halt()`. */
  work?(): Promise<void>
  /** Begins nothing any more; resolves when what was begun is over. */
  halt?(): Promise<void>
  /** How much waits for the network. */
  waiting?(): number
  violations?: Violation[]
  dispose(): void
}

/** What everybody is given. */
export interface Cast {
  /** Where the lines lead to, in turns. */
  urls: readonly string[]
  /** The load balancer itself. */
  front: string
  record: WriteRecord
  seed: number
}
