// All known items, by entity type, shared by the queries that show them. An arriving item replaces the known one in all
// queries, unless the known one is newer (see verdict.ts). Optimistic updates are separate: the store applies patches
// over the lists, in order, until the server has answered them and all earlier patches of the same item. So a rollback
// restores exactly the previous state, and a replaced value never shows again.
import { LogicalClock } from "../../runtime/logical-clock"
import { type Item, idOf, type Keys } from "./item"
import type { Change } from "./items"
import { RecentChanges } from "./recent-changes"
import { share } from "./share"
import { type Known, ShownItems } from "./shown-items"
import { Tombstones } from "./tombstones"
import { type News, type Verdict, verdictOn } from "./verdict"
import { compareVersions } from "./version"
import { type Arrival, isOver, type Patch, type View } from "./view"

const NONE: ReadonlySet<string> = new Set()

const nothing = () => {}

/** A view that holds new items while answers are in flight that may lack them, and items that patches created. */
const lately: View = {
  ...{ number: 0, isList: false, isLive: false, canRead: false, isActive: false },
  ...{ revalidate: nothing, changed: nothing, patched: nothing, clear: nothing },
}

/** Marks an older version that is not accepted yet. */
const UNCONFIRMED = Number.POSITIVE_INFINITY

/** The known items of one entity type. */
export class EntityType {
  readonly keys: Keys
  readonly shown = new ShownItems((item) => this.idOf(item))
  readonly clock: LogicalClock
  readonly recent: RecentChanges
  readonly views = new Set<View>()
  readonly lists = new Set<View>()
  readonly patches: Patch[] = []
  /** Items that have an id but are shown as they came. */
  #apart: WeakSet<Item> | undefined
  /** Arrived items that the last `judge()` rejected, each with the known item that it kept. */
  kept: [arrived: Item, known: Item][] = []
  /** Ids of items that the last `judge()` accepted and reads again, because they may be older. */
  asked = NONE
  /** Ids of items that arrived in an older version, with the logical time from which that version is accepted. */
  readonly #doubts = new Map<string, number>()
  readonly #tombstones = new Tombstones()
  /** Ids of items from the answer to a repeated mutation. A read in flight may be newer. */
  readonly #repeated = new Set<string>()
  /** Payloads of applied events. They are collected with their holders. */
  readonly #applied = new WeakSet<object>()

  constructor(keys: Keys = {}, clock = new LogicalClock()) {
    this.keys = keys
    this.clock = clock
    this.recent = new RecentChanges(clock)
  }

  /** Whether showing the same answer again would change nothing. */
  get isSettled(): boolean {
    return this.patches.length === 0 && this.recent.isEmpty
  }

  /** The id of an item. Empty if the item is shown as it came: no other query shares it, and no patch applies to it. */
  readonly idOf = (item: Item): string => (this.#apart?.has(item) ? "" : idOf(item, this.keys.idKey))

  /**
   * The items of one answer, with one object per id. If one id has several contents, those items are shown as they
   * came.
   */
  normalize(items: readonly Item[]): readonly Item[] {
    if (items.length < 2) return items
    const first = new Map<string, Item>()
    const mixed = new Set<string>([""])
    for (const item of items) {
      const id = idOf(item, this.keys.idKey)
      const other = first.get(id)
      if (other === undefined) first.set(id, item)
      else if (share(other, item) !== other) mixed.add(id)
    }
    if (mixed.size === 1 && first.size === items.length) return items
    this.#apart ??= new WeakSet()
    const apart = this.#apart
    return items.map((item) => {
      const id = idOf(item, this.keys.idKey)
      if (!mixed.has(id)) return first.get(id) ?? item
      if (id === "") return item
      // A copy: the next answer may contain this object only once.
      const copy = { ...item }
      apart.add(copy)
      return copy
    })
  }

  add(view: View): void {
    this.views.add(view)
    if (view.isList) this.lists.add(view)
  }

  remove(view: View): void {
    this.views.delete(view)
    this.lists.delete(view)
  }

  /** Forgets all items. The views are emptied. */
  clear(): void {
    for (const part of [this.shown, this.recent, this.#doubts, this.#tombstones, this.#repeated]) part.clear()
    this.patches.length = 0
    for (const view of this.views) view.clear()
  }

  /** An execution has ended. Drops the changes that only its answer could have missed. */
  ended(execution: number): void {
    for (const { items } of this.recent.ended(execution)) this.shown.hold(lately, items, [])
  }

  /** Below 0 if `item` is the older version. Undefined if the versions cannot be compared. */
  compare(item: Item, other: Item): number | undefined {
    const { versionKey = "updatedAt" } = this.keys
    return compareVersions(item[versionKey], other[versionKey])
  }

  /**
   * Returns the items to show for the arrived ones. An unchanged item keeps its identity. Items in doubt are read
   * again, by `view` if it made the read.
   */
  judge(items: readonly Item[], news: News, view?: View): Item[] {
    const reread = { doubt: new Set<string>(), ask: new Set<string>() }
    this.kept = []
    if (news.kind === "read") this.#forget(news.began)
    const judged = items.map((item) => {
      const id = this.idOf(item)
      const known = this.shown.known(id)
      if (known === undefined) {
        this.#noteRepeated(id, news)
        if (news.kind === "read") this.isGone(item, news)
        if (news.kind !== "mutation" && this.patches.length > 0) this.#meet(id, item, news.at)
        return item
      }
      const next = share(known.item, item)
      const verdict = next === known.item ? "take" : this.#verdict(id, item, known, news)
      if (verdict === "doubt" || verdict === "ask") reread[verdict].add(id)
      if (verdict === "keep" || verdict === "doubt") {
        this.kept.push([item, known.item])
        return known.item
      }
      this.#noteRepeated(id, news)
      known.since = Math.max(known.since, news.at)
      if (news.kind !== "reused") this.#doubts.delete(id)
      return next
    })
    this.asked = reread.ask
    for (const kind of ["doubt", "ask"] as const) this.#revalidate(reread[kind], kind === "doubt", view)
    return judged
  }

  #noteRepeated(id: string, { kind, isRepeated }: News): void {
    if (isRepeated) this.#repeated.add(id)
    else if (kind !== "reused") this.#repeated.delete(id)
  }

  /** Accepts older versions of these items from now on. Returns whether any of them is in doubt. */
  acceptOlder(ids: Iterable<string>): boolean {
    const doubted = [...ids].filter((id) => this.#doubts.has(id))
    for (const id of doubted) {
      if (this.shown.known(id)) this.#doubts.set(id, this.clock.next())
      else this.#doubts.delete(id)
    }
    return doubted.length > 0
  }

  /**
   * `view` shows `items` instead of `before`, known since `since`. Other views of these items show the new versions.
   * `asked`: ids of items that are read again.
   */
  hold(view: View, before: readonly Item[], items: readonly Item[], since = this.clock.now, asked = NONE): void {
    const was = this.shown.hold(view, before, items, since)
    if (!was) return
    const arrival = { was, gone: NONE, items: [], created: NONE, asked }
    for (const other of this.#viewsOf(was.keys())) if (other !== view) other.changed(arrival)
  }

  /** Applies an event once, although every live query receives it. */
  applyEvent(payload: object, { type, items, deleted, prevVersion }: Change): void {
    if (this.#applied.has(payload)) return
    this.#applied.add(payload)
    const held = prevVersion && this.shown.find(this.idOf(prevVersion))
    const missedSome = held !== undefined && (this.compare(held, prevVersion as Item) ?? 0) < 0
    const at = this.clock.event || this.clock.next()
    // A restored item is new to lists that no longer contain it.
    const created = type === "dataCreate" || type === "dataRestore" ? items : []
    this.take(items, deleted, created, { kind: "event", began: at, at }, prevVersion)
    if (missedSome) this.#readLive(this.#viewsOf([this.idOf(prevVersion as Item)]))
  }

  /**
   * Applies what the server reported in an event or a mutation's answer: `items` are current, `deleted` are gone, and
   * `created` are new. `before`: the previous version of one item.
   */
  take(items: readonly Item[], deleted: readonly string[], created: readonly Item[], news: News, before?: Item): void {
    const { shown } = this
    const was = new Map<string, Item>()
    const judged = this.judge(items, news)
    const { asked } = this
    for (const item of judged) {
      const id = this.idOf(item)
      const old = shown.replace(id, item)
      if (old) was.set(id, old)
    }
    const gone = new Set(deleted)
    for (const id of gone) {
      const item = items.find((item) => this.idOf(item) === id)
      this.#tombstones.note(id, news.at, item ?? shown.find(id))
      for (const patch of this.patches) {
        if (patch.made !== id) continue
        patch.doneAt = 0
        this.#release(patch)
      }
    }
    const there = judged.filter((item) => !this.isGone(item, news))
    const ids = new Set(there.map((item) => this.idOf(item)))
    const fresh = created.map((item) => this.idOf(item)).filter((id) => id !== "" && ids.has(id))
    if (fresh.length < created.length) this.#contradicted(news)
    const arrival: Arrival = { was, gone, items: there, created: new Set(fresh), asked, before, began: news.began }
    if (this.recent.note(arrival, news.at)) shown.hold(lately, [], judged, news.at)
    const also = there.length > 0 ? this.lists : undefined
    for (const view of this.#viewsOf([...was.keys(), ...gone], also)) view.changed(arrival)
  }

  /** Whether the item is known to be deleted, and `news` is too old to change that. */
  isGone(item: Item, { kind, began }: News): boolean {
    // An event may arrive at any time.
    return this.#tombstones.contradicts(this.idOf(item), kind === "event" ? 0 : began, (deleted) =>
      this.compare(item, deleted),
    )
  }

  /**
   * A created item is already known to be deleted. After an event, live lists refetch; after a mutation, one list does.
   */
  #contradicted({ kind }: News): void {
    if (kind === "event") this.#readLive(this.lists)
    else readerOf([...this.lists])?.revalidate(NONE, false)
  }

  #readLive(views: Iterable<View>): void {
    for (const view of views) if (view.isLive && view.canRead) view.revalidate(NONE, false)
  }

  /** Applies the patches of one mutation. `isRestored`: an earlier page executed it, and may have created the item. */
  assume(patches: readonly Patch[], isRestored = false): void {
    const at = this.clock.next()
    for (const patch of patches) {
      patch.at = at
      const item = isRestored && patch.kind === "create" ? this.shown.find(patch.id) : undefined
      if (item) this.#arrived(patch, patch.id, item, at)
    }
    this.patches.push(...patches)
    this.#redraw(patches)
  }

  /** The created item of `patch` has this id. If another patch had claimed the id, its item has yet to arrive. */
  made(patch: Patch, id: string): void {
    if (patch.made === id) return
    const other = this.patches.find(({ made }) => made === id)
    patch.made = id
    patch.doneAt = other?.doneAt
    patch.arrived = other?.arrived
    if (other) other.made = other.doneAt = other.arrived = undefined
  }

  /**
   * The server has answered these patches. Those without an `answer` are rolled back; the others are confirmed. A
   * confirmed patch stays until all earlier patches of its item are settled.
   */
  settle(...patches: readonly Patch[]): void {
    for (const patch of patches) if (!patch.answer) this.#drop(patch)
    const kept = new Map<News, Item[]>()
    for (const id of new Set(patches.map(({ id }) => id))) this.#confirm(id, kept)
    for (const [news, items] of kept) this.take(items, [], [], news)
    this.#redraw(patches)
  }

  /** Drops the confirmed patches of an item. Adds to `kept` what was confirmed by an answer that lacks the item. */
  #confirm(id: string, kept: Map<News, Item[]>): void {
    let item = this.shown.find(id)
    let by: News | undefined
    for (const one of this.patches.filter((other) => other.id === id)) {
      const { kind, at = 0, answer } = one
      if (!answer) break
      // Without an item in the answer, the patch stands in for it until the item arrives or a read shows otherwise.
      if (kind === "create" && !answer.hasItem && one.made === undefined) continue
      this.#drop(one)
      const next = item && kind === "update" && !answer.hasItem && !this.#isConfirmedAfter(id, at) && one.apply(item)
      if (!next) continue
      item = next
      by ??= answer.news
    }
    if (!item || !by) return
    const items = kept.get(by)
    if (items) items.push(item)
    else kept.set(by, [item])
  }

  #drop(patch: Patch): void {
    const at = this.patches.indexOf(patch)
    if (at >= 0) this.patches.splice(at, 1)
    this.#release(patch)
  }

  /** The item that a patch creates is known. While the patch waits, lists show the known version of the item. */
  #arrived(patch: Patch, id: string, item: Item, since: number): void {
    patch.made = id
    patch.doneAt = this.clock.next()
    patch.arrived = item
    this.shown.hold(lately, [], [item], since)
  }

  #release(patch: Patch): void {
    if (patch.arrived) this.shown.hold(lately, [patch.arrived], [])
    patch.arrived = undefined
  }

  /** Whether a mutation that began later was confirmed by an answer with this item. */
  #isConfirmedAfter(id: string, began: number): boolean {
    return this.patches.some((patch) => patch.id === id && patch.answer?.hasItem && (patch.at ?? 0) > began)
  }

  /** An item arrived that no query shows yet. It may be the one that a patch created. */
  #meet(id: string, item: Item, since: number): void {
    if (id === "" || this.patches.some((patch) => patch.made === id)) return
    const patch = this.patches.find((patch) => patch.made === undefined && (patch.id === id || patch.makes?.(item)))
    if (patch?.kind !== "create") return
    this.#arrived(patch, id, item, since)
    if (patch.answer) this.#drop(patch)
  }

  /**
   * Whether one of this client's mutations, begun at `began`, created this item, and the item arrived before the answer
   * but is gone from a list requested at `askedAt`.
   */
  cameAndWent(id: string, began: number, askedAt: number): boolean {
    const patch = this.patches.find(({ made }) => made === id)
    return patch?.doneAt !== undefined && patch.doneAt > began && isOver(patch, askedAt)
  }

  /** Drops creations that were confirmed without an item before a read began whose answer lacks them. */
  #forget(began: number): void {
    for (const patch of this.patches.filter(
      ({ kind, answer }) => kind === "create" && answer && answer.news.at < began,
    )) {
      this.#drop(patch)
      this.#redraw([patch])
    }
  }

  #verdict(id: string, item: Item, known: Known, news: News): Verdict {
    const doubted = this.#doubts.get(id) ?? UNCONFIRMED
    // Among this client's own mutations, the one executed last wins.
    if (news.kind === "mutation" && this.#isConfirmedAfter(id, news.began)) return "keep"
    const order = this.compare(item, known.item)
    const verdict = verdictOn(news, known.since, order, doubted)
    if (verdict === "keep" && news.kind === "read" && order === undefined && this.#repeated.has(id)) return "ask"
    if (verdict !== "doubt") return verdict
    // One read is enough.
    if (this.#doubts.get(id) === UNCONFIRMED) return "keep"
    this.#doubts.set(id, UNCONFIRMED)
    return verdict
  }

  /** Each item is read again by `by` or by one view that shows it; queries of single items come first. */
  #revalidate(ids: ReadonlySet<string>, inASecond: boolean, by?: View): void {
    const readers = new Set<View>()
    for (const id of ids) {
      const views = this.#viewsOf([id]).filter(({ canRead }) => canRead)
      const reader = readerOf([...(by ? [by] : []), ...views.filter(({ isList }) => !isList), ...views])
      if (reader && !views.some((view) => readers.has(view))) readers.add(reader)
    }
    for (const reader of readers) reader.revalidate(ids, inASecond)
  }

  /** Notifies the views of the patched items, and all lists: a list may show an item only because of a patch. */
  #redraw(patches: readonly Patch[]): void {
    const ids = patches.map(({ id }) => id)
    for (const view of this.#viewsOf(ids, this.lists)) view.patched()
  }

  /** The views that show one of these items, and `also`, in order of creation. */
  #viewsOf(ids: Iterable<string>, also?: Iterable<View>): View[] {
    const found = new Set(also)
    for (const id of ids) this.shown.collect(id, found)
    return found.size < 2 ? [...found] : [...found].sort((a, b) => a.number - b.number)
  }
}

/** The view that refetches: the first active one, else the first that can. */
function readerOf(views: readonly View[]): View | undefined {
  return views.find(({ canRead, isActive }) => canRead && isActive) ?? views.find(({ canRead }) => canRead)
}
