// The interface of all participants of a run.
import type { Hearing } from "../hearing"
import type { Watched } from "../history"
import type { Record as WriteRecord } from "../record"
import type { Violation } from "../violation"

export interface Participant {
  name: string
  /** The line through which it connects; `all`: none. */
  scope: number | "all"
  hearing?: Hearing
  lists: Watched[]
  /** Writes until `halt()`. */
  work?(): Promise<void>
  /** Stops writing; resolves when all writes in flight are over. */
  halt?(): Promise<void>
  /** The number of its queued mutations. */
  waiting?(): number
  violations?: Violation[]
  dispose(): void
}

/** The environment of all participants. */
export interface Cast {
  /** The addresses of the lines. */
  urls: readonly string[]
  /** The address of the load balancer. */
  front: string
  record: WriteRecord
  seed: number
}
