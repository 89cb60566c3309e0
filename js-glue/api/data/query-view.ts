// The list that one query shows. The base is the list from the server, kept up to date by the store; over it lie the
// patches of mutations in flight. An event about an item that is not in the list costs nothing; one about an item in it
// costs one copy of the list.
//
// The view also tracks how far into the server's list it reaches, because the next page starts there: the number of
// items that the server returned, minus those deleted since. The server's position of items created since is unknown,
// unless `sort` defines it. Such items are extra; reading on may return them again, but misses none.
import type { Item } from "./item"
import { byId } from "./items"
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
  /** Whether anybody looks at it. */
  readonly isActive: boolean
  /** Shows nothing, and knows of nothing that it showed. */
  clear(): void
  /** Shows other items from now on. */
  show(items: Item[]): void
  /** How it reads again by itself. */
  readonly revalidation: Pick<Revalidation, "now" | "soon" | "later">
}

const NONE: ReadonlySet<string> = new Set()

let views = 0

/** Lists that leave the store when nobody holds their query any more. */
const lost = new FinalizationRegistry<QueryView>((view) => view.dispose())

export class QueryView implements View {
  readonly number = ++views
  readonly isList: boolean
  readonly #type: EntityType
  #held: Showing | undefined
  /** The query while it rests: then its user alone holds it. */
  #resting: WeakRef<Showing> | undefined
  #membership: Membership | undefined
  /** Items as the server gave them, without what is only assumed. */
  #base: Item[] = []
  /** Rows that are shown in another version than the list's, by their ids. */
  #overlay: ReadonlyMap<string, Item> | undefined
  /** The answer that `#base` shows, as long as nothing else changed it. */
  #source: unknown
  /** So many items of the server's list are known, one after the other. */
  #reach = 0
  /** Ids of items that are new, of which it is not known where the server has them. */
  #extras: Set<string> | undefined
  /** The id of the one item that is read; undefined where it is a list, or not known. */
  #own: string | undefined
  /** So many items that the server had returned have left, and so many have come in between. */
  removals = 0
  /** So many had left when the last answer came. */
  removalsThen = 0
  /** When the request began that was answered last. */
  #asOf = 0
  askedAt = 0
  /** When a page was read last that follows on others. */
  #readOnAt = 0
  insertions = 0

  /** `isStored`: it shares its items with others. */
  constructor(query: Showing, isStored: boolean) {
    this.#held = query
    this.#type = query.operation.type
    this.isList = isStored && readsList(query.operation, query.args)
  }

  /** What becomes of its items concerns it from now on. */
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

  /** It shows what becomes of its items as long as its user holds the query. */
  rest(): void {
    const query = this.#query
    lost.register(query, this, query)
    this.#resting = new WeakRef(query)
    this.#held = this.#membership = undefined
  }

  /** How far into the server's list it reaches, from where the params begin. */
  get reach(): number {
    return this.#reach
  }

  /** So many items a request for all that is shown has to bring. */
  get size(): number {
    return Math.max(this.#base.length, this.#reach)
  }

  /** Of so many items it is not known where the server has them. */
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

  /** Its user let go of the query while it rested. */
  get #isLost(): boolean {
    return this.#query === undefined
  }

  revalidate(ids: ReadonlySet<string>, inASecond: boolean): void {
    if (inASecond) this.#query.revalidation.later(ids)
    else this.#query.revalidation.now()
  }

  /** An item as the server gave it; undefined if it is not in the list. */
  find(id: string): Item | undefined {
    const { shown } = this.#type
    return shown.isShownBy(id, this) ? shown.find(id) : undefined
  }

  /** Whether an event about these items may have to do with what is read, which is no list, and the store cannot tell. */
  mayConcern(items: readonly Item[]): boolean {
    if (this.isList) return false
    const isOther = (id: string) => this.#own !== undefined && id !== this.#own
    return items.map((item) => this.#type.idOf(item)).some((id) => !isOther(id) && this.find(id) === undefined)
  }

  /**
   * The server gave an answer, in one or more pages. `from`: they follow on what was shown, when that reached so far and
   * so many items had left it. Whether it brought items that were not there.
   */
  answered(answer: unknown, pages: readonly Page[], from?: Behind): boolean {
    const type = this.#type
    const { began, at } = (pages[0] as Page).news
    this.#asOf = began
    const isSingle = pages.length === 1 && !from
    if (isSingle && answer === this.#source && type.isSettled) return this.#base.length > 0
    const kept: typeof type.kept = []
    const judged = pages.map(({ items, news }) => {
      const list = type.judge(type.normalize(items), news, this)
      kept.push(...type.kept)
      return list
    })
    let isWhole = isSingle && kept.length === 0
    this.removalsThen = this.removals
    if (from) this.#readOnAt = type.clock.next()
    else {
      this.#extras = undefined
      this.askedAt = began
    }
    const count = judged.reduce((sum, { length }) => sum + length, 0)
    // What came meanwhile may be in the answer or not; what left is not behind it in any case.
    this.#reach = from ? from.from + count - (this.removals - from.removals) : count
    const [first] = judged[0] as Item[]
    const id = count === 1 ? type.idOf(first as Item) : ""
    const { operation, params } = this.#query
    this.#own = id !== "" && isItemAsked(operation, params.current, params.path, id) ? id : undefined
    const before = from ? this.#base : []
    let list = isSingle ? (judged[0] as Item[]) : this.#joined(before, judged)
    const isNew = list.length > before.length
    this.#putRight(list, kept)
    for (const change of type.recent.since(began)) {
      const { length } = list
      list = this.#caughtUp(list, change)
      isWhole = false
      if (list.length > length && (change.began ?? began) < began) this.#query.revalidation.soon()
    }
    this.#setBase(list, at)
    // As long as nothing was kept or added that it did not bring, showing it again changes nothing.
    if (isWhole) this.#source = answer
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
      // Others that show it learn what became of it; this one would not.
      if (!stays && asked.has(id)) this.#query.revalidation.soon()
      next.set(old, stays && !moves ? now : undefined)
      if (stays && moves) added.push(now)
    }
    for (const id of gone) {
      const item = this.find(id)
      if (!item) continue
      next.set(was.get(id) ?? item, undefined)
      // The page that was read meanwhile may begin behind it, or not.
      if (began !== undefined && began < this.#readOnAt && !this.#extras?.has(id)) this.#query.revalidation.soon()
    }
    for (const item of this.isList && this.canRead ? items : []) {
      const id = type.idOf(item)
      if (gone.has(id) || this.find(id) || type.cameAndWent(id, began ?? Infinity, this.askedAt)) continue
      const now = type.shown.find(id) ?? item
      const old = was.get(id) ?? (before && type.idOf(before) === id ? before : undefined)
      if (!this.#enters(id, now, created.has(id), old)) continue
      added.push(now)
      // What was read since the mutation began lacks it: it was not done by then, or is gone again.
      if (began !== undefined && began < this.#asOf) this.#query.revalidation.soon()
    }
    if (next.size > 0 || added.length > 0) this.#edit(next, added)
  }

  patched(): void {
    if (!this.#isLost) this.#render()
  }

  clear(): void {
    this.#base = []
    this.#source = this.#overlay = this.#extras = this.#own = undefined
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
    // They know the query.
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

  /** Whether an item that is not in the list belongs there now; `isNew`: it was created. */
  #enters(id: string, item: Item, isNew: boolean, before: Item | undefined): boolean {
    const rules = this.rules
    const belonging = rules.of(item)
    const { belongs, isSure } = belonging
    // One that was there before may have its place behind what was read so far.
    const comes =
      isNew || (before ? rules.enters(before, item, belonging) : rules.isMatched && !this.#query.state.hasMore)
    const enters = belongs === true && id !== "" && comes
    const isKnown = isSure && (enters || belongs === false)
    if (!isKnown && (enters || this.isLive)) this.#query.revalidation.soon()
    return enters
  }

  /** What is shown, and behind it what is new in the pages. Where `sort` says so, what is extra goes to its place. */
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
    for (const item of before) if (isExtra(item) && !known.has(idOf(item))) this.#insert(list, item)
    return list
  }

  /** `list` was asked for before `change`: what changed is, or is not, in the list as it is without it. */
  #caughtUp(list: readonly Item[], { gone, items, created }: RecentChange): Item[] {
    const { idOf } = this.#type
    const next = gone.size > 0 ? list.filter((item) => !gone.has(idOf(item))) : [...list]
    this.#reach -= list.length - next.length
    if (!this.isList || !this.canRead) return next
    const known = new Set(next.map(idOf))
    for (const item of items) {
      const id = idOf(item)
      if (id === "" || gone.has(id)) continue
      const now = this.#type.shown.find(id) ?? item
      const isShown = this.find(id) !== undefined
      const { belongs, isSure } = this.rules.of(now)
      const isKept = isShown && (this.rules.isMatched || !isSure)
      if (known.has(id)) {
        if (isShown || belongs !== false) continue
        next.splice(
          next.findIndex((item) => idOf(item) === id),
          1,
        )
        this.#reach--
      } else if (belongs && (created.has(id) || isKept)) this.#insert(next, now)
    }
    return next
  }

  /** `kept` are newer than their rows in an answer: each is where it belongs now, if it does. */
  #putRight(list: Item[], kept: readonly (readonly [Item, Item])[]): void {
    if (!this.isList) return
    const moved: Item[] = []
    for (const [arrived, now] of kept) {
      const stays = this.#stays(arrived, now)
      if (stays && this.rules.order(arrived, now) === 0) continue
      replaceIn(list, new Map([[now, undefined]]))
      if (!this.#extras?.delete(this.#type.idOf(now))) this.#reach--
      if (stays) moved.push(now)
    }
    for (const item of moved) this.#insert(list, item)
  }

  /** Puts an item in its place that was not in the list. */
  #insert(list: Item[], item: Item): void {
    const { idOf } = this.#type
    const at = this.rules.place(list, item)
    this.#extras ??= new Set()
    this.insertions++
    // Before one that the server returned, it is as well.
    let next = at
    while (next < list.length && this.#extras.has(idOf(list[next] as Item))) next++
    if (next < list.length) this.#reach++
    else this.#extras.add(idOf(item))
    list.splice(at, 0, item)
  }

  /** Of the list, each key of `next` becomes its value, or leaves; and `added` come, or come back elsewhere. */
  #edit(next: ReadonlyMap<Item, Item | undefined>, added: readonly Item[]): void {
    replaceIn(this.#base, next)
    const left = [...next].filter(([, now]) => !now).map(([old]) => old)
    for (const item of left) this.#remove(this.#type.idOf(item))
    for (const item of added) this.#insert(this.#base, item)
    this.#source = undefined
    this.#type.hold(this, left, added)
    this.#render()
  }

  #remove(id: string): void {
    if (this.#extras?.delete(id)) return
    this.#reach--
    this.removals++
  }

  #setBase(list: Item[], since: number): void {
    const before = this.#base
    this.#source = undefined
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
