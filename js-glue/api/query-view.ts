// What one query shows. Underneath lies the list as the server gave it, kept up to date by the store; on top of it lie
// the patches of mutations under way. Without those, what is shown is the list itself. A query whose params filter the
// list cannot tell whether a new item belongs to it, so it takes none in.
import { byId } from "./items"
import { peek, State, set } from "./refs"
import { share, shareList } from "./share"
import { type EntityStore, type Item, idOf, type Patch, type View } from "./store"
import type { Ref, Unsubscribe } from "./types"

export class QueryView implements View {
  /** What is shown. */
  readonly dataArr = new State<Item[]>([])
  /** The same by `_id`. */
  readonly data: Ref<Record<string, Item>> = new ById(this)
  readonly number: number
  readonly isList: boolean
  readonly #store: EntityStore
  readonly #type: string
  readonly #takesNew: () => boolean
  #base: Item[] = []
  /** What is shown is `#base`, without any patch. */
  #isWhole = true
  #byId: State<Record<string, Item>> | undefined
  /** The items of the answer that `#base` shows, as long as nothing else changed it. */
  #source: readonly Item[] | undefined
  /** Executions under way. */
  #underWay: readonly number[] = []

  /** `isList`: it may take in items that are new; `takesNew`: whether it does now. */
  constructor(store: EntityStore, type: string, isList: boolean, takesNew: () => boolean) {
    this.#store = store
    this.#type = type
    this.number = store.count()
    this.isList = isList
    this.#takesNew = takesNew
    store.add(type, this)
  }

  /** What is shown, by `_id`; kept from when somebody looks at it. */
  get byId(): State<Record<string, Item>> {
    this.#byId ??= new State(byId(peek(this.dataArr)))
    return this.#byId
  }

  /** Items as the server gave them, without what is only assumed. */
  get base(): readonly Item[] {
    return this.#base
  }

  /** An execution began, or ended. */
  began(execution: number): void {
    this.#underWay = [...this.#underWay, execution]
    this.#store.began(this.#type, execution)
  }
  ended(execution: number): void {
    this.#underWay = this.#underWay.filter((other) => other !== execution)
    this.#store.ended(this.#type, execution)
  }

  /** The server answered with these items; `added`: they follow on those that are shown. */
  answered(execution: number, items: readonly Item[], added: boolean): void {
    if (items === this.#source && !added && this.#store.isSettled(this.#type)) return
    let list = this.#store.newest(this.#type, added ? this.#followed(items) : items, this.#base)
    for (const { gone, created } of this.#store.missedBy(this.#type, execution)) {
      list = this.#change(list, gone, created)
    }
    this.#setBase(list)
    this.#source = items
  }

  changed(ids: ReadonlySet<string>, gone: ReadonlySet<string>, created: readonly Item[]): void {
    const now = (item: Item, id: string) => (ids.has(id) ? (this.#store.find(this.#type, id) ?? item) : item)
    const list = ids.size > 0 ? this.#base.map((item) => now(item, idOf(item))) : this.#base
    this.#setBase(gone.size > 0 || created.length > 0 ? this.#change(list, gone, created) : list)
  }

  patched(): void {
    const patches = this.#store.patches(this.#type)
    if (!this.#isWhole || patches.length > 0) this.#show(this.#under(patches))
  }

  dispose(): void {
    for (const execution of this.#underWay) this.#store.ended(this.#type, execution)
    this.#store.hold(this.#type, this, this.#base, [])
    this.#store.remove(this.#type, this)
    this.#base = []
  }

  #followed(items: readonly Item[]): Item[] {
    const known = new Set(this.#base.map(idOf))
    return [...this.#base, ...items.filter((item) => !known.has(idOf(item)) || idOf(item) === "")]
  }

  #change(list: Item[], gone: ReadonlySet<string>, created: readonly Item[]): Item[] {
    const left = gone.size > 0 ? list.filter((item) => !gone.has(idOf(item))) : list
    if (created.length === 0 || !this.#takesNew()) return left
    const known = new Set(left.map(idOf))
    const isMissing = (id: string) => !known.has(id) && !gone.has(id)
    const now = (item: Item) => this.#store.find(this.#type, idOf(item)) ?? item
    return [...left, ...created.filter((item) => isMissing(idOf(item))).map(now)]
  }

  #setBase(list: Item[]): void {
    const before = this.#base
    this.#source = undefined
    this.#base = shareList(before, list)
    if (this.#base !== before) this.#store.hold(this.#type, this, before, this.#base)
    const patches = this.#store.patches(this.#type)
    if (!this.#isWhole || patches.length > 0) this.#show(this.#under(patches))
    else if (this.#base !== before) this.#show([...this.#base])
  }

  #show(items: Item[]): void {
    const before = peek(this.dataArr)
    const shown = shareList(before, items)
    this.#isWhole = shareList(this.#base, shown) === this.#base
    if (shown === before) return
    set(this.dataArr, shown)
    if (this.#byId) set(this.#byId, byId(shown))
  }

  /** The list with `patches` over it; what is shown of it already keeps its identity. */
  #under(patches: readonly Patch[]): Item[] {
    const next = patches.reduce((list, patch) => this.#patched(list, patch), this.#base)
    const before = byId(peek(this.dataArr))
    return next.map((item) => (Object.hasOwn(before, idOf(item)) ? share(before[idOf(item)], item) : item))
  }

  #patched(list: Item[], patch: Patch): Item[] {
    if (patch.kind === "delete") return list.filter((item) => idOf(item) !== patch.id)
    if (patch.kind === "update") return list.map((item) => (idOf(item) === patch.id ? patch.apply(item) : item))
    return this.#takesNew() ? [...list, patch.apply(undefined)] : list
  }
}

/** Items by `_id`, as a ref that has them put together when somebody looks. */
class ById implements Ref<Record<string, Item>> {
  readonly #view: QueryView

  constructor(view: QueryView) {
    this.#view = view
  }

  get value(): Record<string, Item> {
    return this.#view.byId.value
  }

  subscribe(listener: (items: Record<string, Item>) => void): Unsubscribe {
    return this.#view.byId.subscribe(listener)
  }
}
