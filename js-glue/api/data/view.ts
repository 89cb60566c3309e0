// The interface between the store and the lists that queries show: a list is a view, and a mutation in flight is a
// patch over views.
import type { Item } from "./item"
import type { News } from "./verdict"

/** A change that a mutation makes before the server has answered. */
export interface Patch {
  kind: "create" | "update" | "delete"
  /** The id of the item, as text; a made-up one for `create`. */
  id: string
  /** The item as it is assumed to be; `current` is what is shown of it. Undefined where nothing is to change. */
  apply(current: Item | undefined): Item | undefined
  /** Whether an item that is new here may be the one that it creates. */
  makes?(item: Item): boolean
  /** The moment in which it was assumed. */
  at?: number
  /** Under this id came what it created. */
  made?: string | undefined
  /**
   * That came in this moment, before the answer: a list that was asked for later and lacks it is right, and 0 once it was
   * deleted. Undefined as long as it is not known to be done.
   */
  doneAt?: number | undefined
  /** What the server's answer to it was; undefined before it. */
  answer?: Answer
}

/** Whether what a patch creates is gone from a list that was asked for at `askedAt` and lacks it. */
export function isOver({ doneAt }: Patch, askedAt: number): boolean {
  return doneAt !== undefined && doneAt <= askedAt
}

/** The server confirmed a change. */
export interface Answer {
  /** It said what became of the item. */
  readonly hasItem: boolean
  readonly news: News
}

/** What became of items, as far as views have to do with it. */
export interface Arrival {
  /** What was shown until now of items that have newer versions, by their id. */
  readonly was: ReadonlyMap<string, Item>
  /** Ids of items that were deleted. */
  readonly gone: ReadonlySet<string>
  /** All that an event or a mutation brought. */
  readonly items: readonly Item[]
  /** Ids of those of them that are new. */
  readonly created: ReadonlySet<string>
  /** When it began to be so, at the earliest; undefined where that is when it is told. */
  readonly began?: number | undefined
  /** Ids of items that are read again, since what came may be older than what it replaced. */
  readonly asked: ReadonlySet<string>
  /** What one of them was before, where that was said. */
  readonly before?: Item | undefined
}

/** A list of items that a query shows, as far as the store has to do with it. */
export interface View {
  /** Counts the views: they are told in the order in which they were made. */
  readonly number: number
  /** It may take in items that it does not show. */
  readonly isList: boolean
  /** It follows events. */
  readonly isLive: boolean
  /** Whether it can read what it shows again. */
  readonly canRead: boolean
  /** Whether anybody looks at it: if not, what it would read again waits. */
  readonly isActive: boolean
  /** Reads it again; `inASecond`: these items, a second later. */
  revalidate(ids: ReadonlySet<string>, inASecond: boolean): void
  /** Something became of items that it shows, or may have to. */
  changed(arrival: Arrival): void
  /** Nothing is known any more. */
  clear(): void
  /** Other patches lie over what it shows. */
  patched(): void
}
