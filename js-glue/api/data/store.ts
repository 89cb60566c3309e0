// Known items of all entities, shared by the queries that show them. An arriving item replaces the known one
// everywhere, unless the known one is newer: see verdict.ts. Optimistic updates are kept apart: patches lie over the
// lists, in order, until the server has answered them and all earlier ones of the same item. So a rollback restores
// exactly the previous state, and a value that was replaced does not show again.
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

/** Holds on to what is new as long as there are answers that may not know of it. */
const lately: View = {
  ...{ number: 0, isList: false, isLive: false, canRead: false, isActive: false },
  ...{ revalidate: nothing, changed: nothing, patched: nothing, clear: nothing },
}

/** An older version that is not believed yet. */
const UNCONFIRMED = Number.POSITIVE_INFINITY

/** What is known of the entities of one type. */
export class EntityType {
  readonly keys: Keys
  readonly shown = new ShownItems((item) => this.idOf(item))
  readonly clock: LogicalClock
  readonly recent: RecentChanges
  readonly views = new Set<View>()
  readonly lists = new Set<View>()
  readonly patches: Patch[] = []
  /** Items that are shown as they came, though they have an id. */
  #apart: WeakSet<Item> | undefined
  /** What the last judgement kept though something else arrived: what arrived, and what is known. */
  kept: [arrived: Item, known: Item][] = []
  /** Ids of items of which it took what may be older, and which are read again. */
  asked = NONE
  /** Items of which an older version came, and the moment from which on it is believed. */
  readonly #doubts = new Map<string, number>()
  readonly #tombstones = new Tombstones()
  /** Items as a repeated mutation was answered: a read in flight may be newer. */
  readonly #repeated = new Set<string>()
  /** Payloads of events that were taken. They go with their holders. */
  readonly #applied = new WeakSet<object>()

  constructor(keys: Keys = {}, clock = new LogicalClock()) {
    this.keys = keys
    this.clock = clock
    this.recent = new RecentChanges(clock)
  }

  /** Whether an answer that was shown before shows as it did. */
  get isSettled(): boolean {
    return this.patches.length === 0 && this.recent.isEmpty
  }

  /** What an item is known by; empty where it is shown as it came, shared with nobody and patched by nothing. */
  readonly idOf = (item: Item): string => (this.#apart?.has(item) ? "" : idOf(item, this.keys.idKey))

  /** The items of one answer, one object for each id. Those of which one id has several contents are shown as they came. */
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
      // A copy: the next answer may have the same object once.
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

  /** Forgets all that is known; the views forget what they show. */
  clear(): void {
    for (const part of [this.shown, this.recent, this.#doubts, this.#tombstones, this.#repeated]) part.clear()
    this.patches.length = 0
    for (const view of this.views) view.clear()
  }

  /** An execution is over: what only its answer could have missed is forgotten. */
  ended(execution: number): void {
    for (const { items } of this.recent.ended(execution)) this.shown.hold(lately, items, [])
  }

  /** Below 0: `item` is the older version; undefined where versions do not say. */
  compare(item: Item, other: Item): number | undefined {
    const { versionKey = "updatedAt" } = this.keys
    return compareVersions(item[versionKey], other[versionKey])
  }

  /**
   * What is to be shown of items that arrive; one that is known keeps its identity. What is in doubt is looked at again,
   * by `view` where it read them.
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
        if (news.kind !== "mutation" && this.patches.length > 0) this.#meet(id, item)
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

  /** Older versions of these items are believed from now on. Whether one of them is still in doubt. */
  acceptOlder(ids: Iterable<string>): boolean {
    const doubted = [...ids].filter((id) => this.#doubts.has(id))
    for (const id of doubted) {
      if (this.shown.known(id)) this.#doubts.set(id, this.clock.next())
      else this.#doubts.delete(id)
    }
    return doubted.length > 0
  }

  /**
   * `view` shows `items` instead of `before`, known since then; others that show one of them show it as it is now. `asked`:
   * which of them are read again.
   */
  hold(view: View, before: readonly Item[], items: readonly Item[], since = this.clock.now, asked = NONE): void {
    const was = this.shown.hold(view, before, items, since)
    if (!was) return
    const arrival = { was, gone: NONE, items: [], created: NONE, asked }
    for (const other of this.#viewsOf(was.keys())) if (other !== view) other.changed(arrival)
  }

  /** An event came, which each of the live queries hears: it is taken once. */
  applyEvent(payload: object, { type, items, deleted, prevVersion }: Change): void {
    if (this.#applied.has(payload)) return
    this.#applied.add(payload)
    const held = prevVersion && this.shown.find(this.idOf(prevVersion))
    const missedSome = held !== undefined && (this.compare(held, prevVersion as Item) ?? 0) < 0
    const at = this.clock.event || this.clock.next()
    // What is restored is new to lists that have it no longer.
    const created = type === "dataCreate" || type === "dataRestore" ? items : []
    this.take(items, deleted, created, { kind: "event", began: at, at }, prevVersion)
    if (missedSome) this.#readLive(this.#viewsOf([this.idOf(prevVersion as Item)]))
  }

  /**
   * The server said so, by an event or to a mutation: these are the items, `deleted` are gone, and `created` are new;
   * `before`: what one of them was.
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
      for (const patch of this.patches) if (patch.made === id) patch.doneAt = 0
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

  /** Whether an item was deleted as far as is known, which `news` of it contradicts. */
  isGone(item: Item, { kind, began }: News): boolean {
    // An event may be as late as it likes.
    return this.#tombstones.contradicts(this.idOf(item), kind === "event" ? 0 : began, (deleted) =>
      this.compare(item, deleted),
    )
  }

  /** What was created is gone as far as is known: lists read what became of it, one of them for a mutation of one's own. */
  #contradicted({ kind }: News): void {
    if (kind === "event") this.#readLive(this.lists)
    else readerOf([...this.lists])?.revalidate(NONE, false)
  }

  #readLive(views: Iterable<View>): void {
    for (const view of views) if (view.isLive && view.canRead) view.revalidate(NONE, false)
  }

  /** What one mutation assumes. */
  assume(...patches: readonly Patch[]): void {
    const at = this.clock.next()
    for (const patch of patches) patch.at = at
    this.patches.push(...patches)
    this.#redraw(patches)
  }

  /** What a patch created came under this id: another that was taken for it still has to come. */
  made(patch: Patch, id: string): void {
    if (patch.made === id) return
    const other = this.patches.find(({ made }) => made === id)
    patch.made = id
    patch.doneAt = other?.doneAt
    if (other) other.made = other.doneAt = undefined
  }

  /**
   * The server has spoken to these: those without an `answer` are taken back, the others are confirmed. What is confirmed
   * stays until those before it on its item are settled.
   */
  settle(...patches: readonly Patch[]): void {
    for (const patch of patches) if (!patch.answer) this.#drop(patch)
    const kept = new Map<News, Item[]>()
    for (const id of new Set(patches.map(({ id }) => id))) this.#confirm(id, kept)
    for (const [news, items] of kept) this.take(items, [], [], news)
    this.#redraw(patches)
  }

  /** Drops what is confirmed of an item. What was confirmed without the item is true all the same: that is `kept`. */
  #confirm(id: string, kept: Map<News, Item[]>): void {
    let item = this.shown.find(id)
    let by: News | undefined
    for (const one of this.patches.filter((other) => other.id === id)) {
      const { kind, at = 0, answer } = one
      if (!answer) break
      // Without an item, the row stands in for it until it comes, or a read says otherwise.
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
  }

  /** Whether a later change of the item was confirmed, with the item. */
  #isConfirmedAfter(id: string, began: number): boolean {
    return this.patches.some((patch) => patch.id === id && patch.answer?.hasItem && (patch.at ?? 0) > began)
  }

  /** An item came that nobody shows yet: it may be what a patch created. */
  #meet(id: string, item: Item): void {
    if (id === "" || this.patches.some((patch) => patch.made === id)) return
    const patch = this.patches.find((patch) => patch.made === undefined && (patch.id === id || patch.makes?.(item)))
    if (patch?.kind !== "create") return
    patch.made = id
    patch.doneAt = this.clock.next()
    if (patch.answer) this.#drop(patch)
  }

  /**
   * Whether a mutation of ours that began at `began` created this item, which came before its answer and is gone from a list
   * that was asked for at `askedAt`.
   */
  cameAndWent(id: string, began: number, askedAt: number): boolean {
    const patch = this.patches.find(({ made }) => made === id)
    return patch?.doneAt !== undefined && patch.doneAt > began && isOver(patch, askedAt)
  }

  /** What was confirmed without an item, and is not in what was read since then. */
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
    // Who executed later has the last word of one's own.
    if (news.kind === "mutation" && this.#isConfirmedAfter(id, news.began)) return "keep"
    const order = this.compare(item, known.item)
    const verdict = verdictOn(news, known.since, order, doubted)
    if (verdict === "keep" && news.kind === "read" && order === undefined && this.#repeated.has(id)) return "ask"
    if (verdict !== "doubt") return verdict
    // Who looks already is enough.
    if (this.#doubts.get(id) === UNCONFIRMED) return "keep"
    this.#doubts.set(id, UNCONFIRMED)
    return verdict
  }

  /** Each of the items is read again, by `by` or by one of those that show it, single items first. */
  #revalidate(ids: ReadonlySet<string>, inASecond: boolean, by?: View): void {
    const readers = new Set<View>()
    for (const id of ids) {
      const views = this.#viewsOf([id]).filter(({ canRead }) => canRead)
      const reader = readerOf([...(by ? [by] : []), ...views.filter(({ isList }) => !isList), ...views])
      if (reader && !views.some((view) => readers.has(view))) readers.add(reader)
    }
    for (const reader of readers) reader.revalidate(ids, inASecond)
  }

  /** A list may show the items by patches alone. */
  #redraw(patches: readonly Patch[]): void {
    const ids = patches.map(({ id }) => id)
    for (const view of this.#viewsOf(ids, this.lists)) view.patched()
  }

  /** The views that show one of these items, and `also`, in the order in which they were made. */
  #viewsOf(ids: Iterable<string>, also?: Iterable<View>): View[] {
    const found = new Set(also)
    for (const id of ids) this.shown.collect(id, found)
    return found.size < 2 ? [...found] : [...found].sort((a, b) => a.number - b.number)
  }
}

/** Who of `views` reads: the first at which somebody looks, if there is one. */
function readerOf(views: readonly View[]): View | undefined {
  return views.find(({ canRead, isActive }) => canRead && isActive) ?? views.find(({ canRead }) => canRead)
}

/** The types of one runtime: as many as its plugins' configs name. */
export class EntityStore {
  readonly #types = new Map<string, EntityType>()
  readonly #clock: LogicalClock

  constructor(clock: LogicalClock) {
    this.#clock = clock
  }

  clear(): void {
    for (const type of this.#types.values()) type.clear()
  }

  /** One that is known by its name has the keys with which it was asked for first. */
  type(name: string, keys: Keys): EntityType {
    const known = this.#types.get(name)
    if (known) return known
    const made = new EntityType(keys, this.#clock)
    this.#types.set(name, made)
    return made
  }
}
