// The user's actions and their outcomes: mutations with their tags, emits, and all promises. At the end they are
// compared with what the backend did.

export interface Mutation {
  tag: string
  /** The page that made it, and its index among that page's mutations. */
  page: number
  /** How often that page had switched its user before. */
  session: number
  user: string
  isOffline: boolean
  isKeyed: boolean
  /** Whether it was in `runtime.queued`. */
  wasQueued: boolean
  /** Whether it was dropped. */
  wasDropped: boolean
  /** The result of `execute()`; undefined while pending. */
  outcome: { code: string; status: number | undefined } | undefined
}

export interface Emit {
  tag: string
  page: number
  isPlain: boolean
  isAnswered: boolean
}

/** A promise that must settle. */
export interface Promised {
  what: string
  page: number
  isOver: boolean
}

export class Ledger {
  readonly mutations = new Map<string, Mutation>()
  readonly emits = new Map<string, Emit>()
  readonly promised: Promised[] = []

  /** Records a promise that must settle. */
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
