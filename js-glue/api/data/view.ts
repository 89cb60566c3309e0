// The interface between the store and the lists that queries show. Each list is a view. A mutation in flight is a patch
// that the store applies over views.
import type { Item } from "./item"
import type { News } from "./verdict"

/** A change that a mutation shows before the server has answered. */
export interface Patch {
  kind: "create" | "update" | "delete"
  /** The item's id, as text. For `create`, a generated one. */
  id: string
  /** Returns the item with the change applied; `current` is the shown item. Returns undefined to change nothing. */
  apply(current: Item | undefined): Item | undefined
  /** Whether a new item may be the one that this patch creates. */
  makes?(item: Item): boolean
  /** The logical time at which the patch was applied. */
  at?: number
  /** The id that the server gave to the created item, once it is known. */
  made?: string | undefined
  /**
   * When the created item arrived before the answer, in logical time. A list requested later without the item is right
   * to lack it. 0 once the item was deleted. Undefined while the creation is not known to be done.
   */
  doneAt?: number | undefined
  /** The created item as it arrived before the answer. Lists show its known version, not what `apply` returns. */
  arrived?: Item | undefined
  /** The server's answer. Undefined while the mutation is in flight. */
  answer?: Answer
}

/** Whether the created item is gone, because a list requested at `askedAt` lacks it. */
export function isOver({ doneAt }: Patch, askedAt: number): boolean {
  return doneAt !== undefined && doneAt <= askedAt
}

/** The server's confirmation of a change. */
export interface Answer {
  /** Whether the answer contains the item, or says that it was deleted. */
  readonly hasItem: boolean
  readonly news: News
}

/** A change of items that the store reports to views. */
export interface Arrival {
  /** The previous versions of items that have changed, by id. */
  readonly was: ReadonlyMap<string, Item>
  /** Ids of deleted items. */
  readonly gone: ReadonlySet<string>
  /** All items that the event or mutation contained. */
  readonly items: readonly Item[]
  /** Ids of the items that are new. */
  readonly created: ReadonlySet<string>
  /** The earliest logical time at which the change may have happened. Undefined: now. */
  readonly began?: number | undefined
  /** Ids of items that are read again, because they may be older than what they replaced. */
  readonly asked: ReadonlySet<string>
  /** The previous version of one item, if the event contained it. */
  readonly before?: Item | undefined
}

/** A list of items that a query shows, as the store sees it. */
export interface View {
  /** Serial number. Views are notified in the order of their creation. */
  readonly number: number
  /** Whether it can take in items that it does not show yet. */
  readonly isList: boolean
  /** Whether it follows events. */
  readonly isLive: boolean
  /** Whether it can refetch its items. */
  readonly canRead: boolean
  /** Whether the query is active. If not, a refetch waits until it is. */
  readonly isActive: boolean
  /** Refetches. With `inASecond`, refetches because of these items, one second later. */
  revalidate(ids: ReadonlySet<string>, inASecond: boolean): void
  /** Items changed that the view shows or may have to show. */
  changed(arrival: Arrival): void
  /** Everything known was dropped. */
  clear(): void
  /** The patches over the shown items changed. */
  patched(): void
}
