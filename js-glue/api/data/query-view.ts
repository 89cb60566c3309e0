// The list that one query shows. Its base is the server's list, which the store keeps up to date. The patches of
// mutations in flight lie over the base. An event about an item outside the list costs nothing; an event about an item
// in the list costs one copy of the list.
//
// The view also tracks its reach: how far into the server's list it extends. The next page starts there. The reach is
// the number of items that the server returned, minus those deleted since. For items created since, the server's
// position is unknown, unless `sort` defines it. Such items are extras: `next()` may return them again, but misses
// none.
import type { Item } from "./item"
import { byId, lacksSome } from "./items"
import { type Listing, Membership } from "./membership"
import { isItemAsked, readsList } from "./operation"
import { applyPatches, replaceIn } from "./overlay"
import type { Behind, Page } from "./pages"
import type { QueryParams } from "./query-params"
import type { RecentChange } from "./recent-changes"
import type { Revalidation } from "./revalidation"
import { shareList } from "./share"
import type { EntityType } from "./store"
import type { Arrival, View } from "./view"

/** The query that shows the list. */
export interface Showing extends Listing {
  readonly params: Pick<QueryParams, "isKnown" | "current" | "isCursor" | "path">
  readonly state: { readonly items: Item[]; readonly hasMore: boolean }
  /** Whether the query is active. */
  readonly isActive: boolean
  /** Shows nothing, and forgets what was shown. */
  clear(): void
  /** Shows these items. */
  show(items: Item[]): void
  /** The refetches that the query makes by itself. */
  readonly revalidation: Pick<Revalidation, "now" | "soon" | "later">
}

const NONE: ReadonlySet<string> = new Set()

let views = 0

/** Views to remove from the store when their query is garbage-collected. */
const lost = new FinalizationRegistry<QueryView>((view) => view.dispose())

export class QueryView implements View {
  readonly number = ++views
  readonly isList: boolean
  readonly #type: EntityType
  #held: Showing | undefined
  /** The query while it is retired. Only its user keeps it alive. */
  #resting: WeakRef<Showing> | undefined
  #membership: Membership | undefined
  /** Items as the server gave them, without patches. */
  #base: Item[] = []
  /** Shown rows that differ from the list's, by id. */
  #overlay: ReadonlyMap<string, Item> | undefined
  /** The answer that `#base` shows. Undefined once something else has changed the base. */
  source: unknown
  /** Number of consecutive items of the server's list that are known. */
  #reach = 0
  /** Ids of new items whose position in the server's list is unknown. */
  #extras: Set<string> | undefined
  /** The id of the single item that is read. Undefined for a list, or if unknown. */
  #own: string | undefined
  /** Number of the server's items that have left the list. `insertions` counts the items that were put in. */
  removals = 0
  /** `removals` at the time of the last answer. */
  removalsThen = 0
  /** When the request of the last answer began. */
  #asOf = 0
  askedAt = 0
  /** When the last page was read that follows on others. */
  #readOnAt = 0
  insertions = 0

  /** `isStored`: whether the query shares its items with others. */
  constructor(query: Showing, isStored: boolean) {
    this.#held = query
    this.#type = query.operation.type
    this.isList = isStored && readsList(query.operation, query.args)
  }

  /** Starts to receive changes of its items. */
  enter(): void {
    const resting = this.#resting?.deref()
    if (!resting) {
      this.#type.add(this)
      return
    }
    lost.unregister(resting)
    this.#held = resting
    this.#resting = undefined
  }

  /** Keeps showing changes of its items while the user holds the query, but no longer keeps the query alive. */
  rest(): void {
    const query = this.#query
    lost.register(query, this, query)
    this.#resting = new WeakRef(query)
    this.#held = this.#membership = undefined
  }

  /** How far it extends into the server's list, counted from where the params begin. */
  get reach(): number {
    return this.#reach
  }

  /** Number of items to request to refetch all that is shown. */
  get size(): number {
    return Math.max(this.#base.length, this.#reach)
  }

  /** Number of items whose position in the server's list is unknown. */
  get extras(): number {
    return this.#extras?.size ?? 0
  }

  get canRead(): boolean {
    if (this.#isLost) return false
    const { operation, params } = this.#query
    return operation.change === undefined && params.isKnown
  }

  get isActive(): boolean {
    return !this.#isLost && this.#query.isActive
  }

  get isLive(): boolean {
    return !this.#isLost && this.#query.args.options?.live === true
  }

  get #query(): Showing {
    return (this.#held ?? this.#resting?.deref()) as Showing
  }

  /** Whether the query was garbage-collected while it was retired. */
  get #isLost(): boolean {
    return this.#query === undefined
  }

  revalidate(ids: ReadonlySet<string>, inASecond: boolean): void {
    if (inASecond) this.#query.revalidation.later(ids)
    else this.#query.revalidation.now()
  }

  /** Returns the item as the server gave it, or undefined if the list does not contain it. */
  find(id: string): Item | undefined {
    const { shown } = this.#type
    return shown.isShownBy(id, this) ? shown.find(id) : undefined
  }

  /** Whether an event about these items may concern a read that is no list, and the store cannot decide it. */
  mayConcern(items: readonly Item[]): boolean {
    if (this.isList) return false
    const isOther = (id: string) => this.#own !== undefined && id !== this.#own
    return items.map((item) => this.#type.idOf(item)).some((id) => !isOther(id) && this.find(id) === undefined)
  }

  /**
   * Shows an answer of one or more pages. `from`: the pages follow on the list, which had this reach and this number of
   * removals. Returns whether the answer contained items that were not shown before.
   */
  answered(answer: unknown, pages: readonly Page[], from?: Behind): boolean {
    const type = this.#type
    const { began, at } = (pages[0] as Page).news
    this.#asOf = began
    if (!from) this.askedAt = began
    const isSingle = pages.length === 1 && !from
    if (isSingle && answer === this.source && type.isSettled) return this.#base.length > 0
    const kept: typeof type.kept = []
    const judged = pages.map(({ items, news }) => {
      const list = type.judge(type.normalize(items), news, this)
      kept.push(...type.kept)
      return list
    })
    let isWhole = isSingle && kept.length === 0
    this.removalsThen = this.removals
    if (from) this.#readOnAt = type.clock.next()
    else this.#extras = undefined
    const count = judged.reduce((sum, { length }) => sum + length, 0)
    // Items that arrived since may or may not be in the answer. Items removed since are not, so the reach shrinks.
    this.#reach = from ? from.from + count - (this.removals - from.removals) : count
    const [first] = judged[0] as Item[]
    const id = count === 1 ? type.idOf(first as Item) : ""
    const { operation, params } = this.#query
    this.#own = id !== "" && isItemAsked(operation, params.current, params.path, id) ? id : undefined
    const before = from ? this.#base : []
    let list = isSingle ? (judged[0] as Item[]) : this.#joined(before, judged)
    const isNew = list.length > before.length
    const hasMoved = this.#putRight(list, kept)
    for (const change of type.recent.since(began)) {
      const { length } = list
      list = this.#caughtUp(list, change, isSingle)
      isWhole = false
      if (list.length > length && (change.began ?? began) < began) this.#query.revalidation.soon()
    }
    // An item left a page that the server had sent, so the next page began behind the one that took its place.
    const earlier = judged.slice(0, -1).flat()
    if (earlier.length > 0 && (hasMoved || lacksSome(list, earlier, type.idOf))) this.#query.revalidation.soon()
    this.#setBase(list, at)
    // If the answer is shown unchanged, showing it again would change nothing.
    if (isWhole) this.source = answer
    return isNew
  }

  changed({ was, gone, items, created, asked, before, began }: Arrival): void {
    if (this.#isLost) return
    const type = this.#type
    const next = new Map<Item, Item | undefined>()
    const added: Item[] = []
    for (const [id, old] of was) {
      const now = gone.has(id) ? undefined : this.find(id)
      if (!now) continue
      const moves = this.isList && this.rules.order(old, now) !== 0
      const stays = this.#stays(old, now)
      // Views that still show the item learn the result of its read. This one drops it, so it refetches.
      if (!stays && asked.has(id)) this.#query.revalidation.soon()
      next.set(old, stays && !moves ? now : undefined)
      if (stays && moves) added.push(now)
    }
    for (const id of gone) {
      const item = this.find(id)
      if (!item) continue
      next.set(was.get(id) ?? item, undefined)
      // The page that was read since may begin behind the deleted item, or not.
      if (began !== undefined && began < this.#readOnAt && !this.#extras?.has(id)) this.#query.revalidation.soon()
    }
    for (const item of this.isList && this.canRead ? items : []) {
      const id = type.idOf(item)
      if (gone.has(id) || this.find(id) || type.cameAndWent(id, began ?? Infinity, this.askedAt)) continue
      const now = type.shown.find(id) ?? item
      const old = was.get(id) ?? (before && type.idOf(before) === id ? before : undefined)
      if (!this.#enters(id, now, created.has(id), old)) continue
      added.push(now)
      // A read that began after the mutation lacks the item: it was not created by then, or is gone again.
      if (began !== undefined && began < this.#asOf) this.#query.revalidation.soon()
    }
    if (next.size > 0 || added.length > 0) this.#edit(next, added)
  }

  patched(): void {
    if (!this.#isLost) this.#render()
  }

  clear(): void {
    this.#base = []
    this.source = this.#overlay = this.#extras = this.#own = undefined
    this.#reach = this.removals = this.removalsThen = this.#readOnAt = this.insertions = this.#asOf = this.askedAt = 0
    if (!this.#isLost) this.#query.clear()
  }

  dispose(): void {
    this.#type.hold(this, this.#base, [])
    this.#type.remove(this)
    this.#base = []
  }

  get rules(): Membership {
    const rules = this.#membership ?? new Membership(this.#query)
    // The rules refer to the query.
    if (this.#held) this.#membership = rules
    return rules
  }

  #stays(old: Item, now: Item): boolean {
    if (!this.isList) return true
    const belonging = this.rules.of(now)
    const leaves = this.rules.leaves(old, now, belonging)
    if (!belonging.isSure && (leaves || this.isLive)) this.#query.revalidation.soon()
    return !leaves
  }

  /** Whether an item outside the list belongs in it now. `isNew`: it was created. */
  #enters(id: string, item: Item, isNew: boolean, before: Item | undefined): boolean {
    const rules = this.rules
    const belonging = rules.of(item)
    const { belongs, isSure } = belonging
    // An existing item may belong behind the pages that were read so far.
    const comes =
      isNew || (before ? rules.enters(before, item, belonging) : rules.isMatched && !this.#query.state.hasMore)
    const enters = belongs === true && id !== "" && comes
    const isKnown = isSure && (enters || belongs === false)
    if (!isKnown && (enters || this.isLive)) this.#query.revalidation.soon()
    return enters
  }

  /** The shown list, followed by the new items of the pages. If `sort` is given, extras go to their places. */
  #joined(before: readonly Item[], pages: readonly (readonly Item[])[]): Item[] {
    const { idOf, keys } = this.#type
    const extras = this.#extras ?? NONE
    const brought = pages.flat()
    const now = byId(brought, keys.idKey)
    this.#extras = new Set([...extras].filter((id) => !Object.hasOwn(now, id)))
    const isExtra = (item: Item) => this.rules.isSorted && extras.has(idOf(item))
    const list = before.filter((item) => !isExtra(item)).map((item) => now[idOf(item)] ?? item)
    const known = new Set(list.map(idOf))
    for (const item of brought) {
      const id = idOf(item)
      if (id !== "" && known.has(id)) continue
      list.push(item)
      known.add(id)
    }
    for (const item of before) if (isExtra(item) && !known.has(idOf(item))) this.#insert(list, item, false)
    return list
  }

  /** Applies `change` to `list`, which was requested earlier: its answer may or may not contain the change. */
  #caughtUp(list: readonly Item[], { gone, items, created }: RecentChange, isSingle: boolean): Item[] {
    const { idOf } = this.#type
    const next = gone.size > 0 ? list.filter((item) => !gone.has(idOf(item))) : [...list]
    this.#reach -= list.length - next.length
    if (!this.isList || !this.canRead) return next
    // The version in the list is the one that shows from now on.
    const known = new Map(next.map((item) => [idOf(item), item]))
    for (const item of items) {
      const id = idOf(item)
      if (id === "" || gone.has(id)) continue
      const listed = known.get(id)
      const now = listed ?? this.#type.shown.find(id) ?? item
      const isShown = this.find(id) !== undefined
      const { belongs, isSure } = this.rules.of(now)
      const isKept = isShown && (this.rules.isMatched || !isSure)
      if (listed) {
        if (isShown || belongs !== false) continue
        next.splice(next.indexOf(listed), 1)
        this.#reach--
      } else if (belongs && (created.has(id) || isKept)) this.#insert(next, now, isSingle)
    }
    return next
  }

  /**
   * Moves each kept item, newer than its row in the answer, to the place where it belongs now, or removes it. Returns
   * whether it moved or removed one.
   */
  #putRight(list: Item[], kept: readonly (readonly [Item, Item])[]): boolean {
    if (!this.isList) return false
    let hasMoved = false
    const moved: Item[] = []
    for (const [arrived, now] of kept) {
      const stays = this.#stays(arrived, now)
      if (stays && this.rules.order(arrived, now) === 0) continue
      replaceIn(list, new Map([[now, undefined]]))
      if (!this.#extras?.delete(this.#type.idOf(now))) this.#reach--
      hasMoved = true
      if (stays) moved.push(now)
    }
    for (const item of moved) this.#insert(list, item)
    return hasMoved
  }

  /** Inserts an item that was not in the list. `isNew`: the reach does not count it yet. */
  #insert(list: Item[], item: Item, isNew = true): void {
    const { idOf } = this.#type
    const at = this.rules.place(list, item)
    this.#extras ??= new Set()
    this.insertions++
    // If an item from the server follows, the new one counts toward the reach.
    let next = at
    while (next < list.length && this.#extras.has(idOf(list[next] as Item))) next++
    if (isNew && next < list.length) this.#reach++
    else this.#extras.add(idOf(item))
    list.splice(at, 0, item)
  }

  /** Replaces each key of `next` in the list with its value, or removes it. Then inserts `added`. */
  #edit(next: ReadonlyMap<Item, Item | undefined>, added: readonly Item[]): void {
    replaceIn(this.#base, next)
    const left = [...next].filter(([, now]) => !now).map(([old]) => old)
    for (const item of left) this.#remove(this.#type.idOf(item))
    for (const item of added) this.#insert(this.#base, item)
    this.source = undefined
    this.#type.hold(this, left, added)
    this.#render()
  }

  /** An item left. A page that was read since may have counted an extra, so next() would skip a row. */
  #remove(id: string): void {
    if (!this.#extras?.delete(id)) {
      this.#reach--
      this.removals++
    } else if (this.#reach > this.#base.length - this.#extras.size) this.#query.revalidation.soon()
  }

  #setBase(list: Item[], since: number): void {
    const before = this.#base
    this.source = undefined
    this.#base = shareList<Item, Item[]>(before, list)
    if (this.#base !== before) this.#type.hold(this, before, this.#base, since, this.#type.asked)
    this.#render()
  }

  #render(): void {
    const { items, overlay } = applyPatches(this, this.#base, this.#type, this.#overlay)
    this.#overlay = overlay
    this.#query.show(shareList(this.#query.state.items, items))
  }
}
