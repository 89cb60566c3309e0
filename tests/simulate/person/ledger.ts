// The user's actions and their outcomes: mutations with their tags, emits, and all promises. At the end they are
// compared with what the backend did.

export interface Mutation {
  tag: string
  /** Which page made it, and in which place among that page's. */
  page: number
  /** How often that page had been another user's by then. */
  session: number
  user: string
  isOffline: boolean
  isKeyed: boolean
  /** It was among `runtime.queued`. */
  wasQueued: boolean
  /** It was taken back. */
  wasDropped: boolean
  /** What `execute()` resolved with; undefined: nothing yet. */
  outcome: { code: string; status: number | undefined } | undefined
}

export interface Emit {
  tag: string
  page: number
  isPlain: boolean
  isAnswered: boolean
}

/** A promise that has to end. */
export interface Promised {
  what: string
  page: number
  isOver: boolean
}

export class Ledger {
  readonly mutations = new Map<string, Mutation>()
  readonly emits = new Map<string, Emit>()
  readonly promised: Promised[] = []

  /** Remembers that a promise has to end, however it does. */
  promise<T>(what: string, page: number, promise: Promise<T>): Promise<T> {
    const entry = { what, page, isOver: false }
    this.promised.push(entry)
    const end = () => {
      entry.isOver = true
    }
    promise.then(end, end)
    return promise
  }
}
