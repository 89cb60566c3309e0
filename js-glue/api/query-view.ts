// What one query shows. Underneath lies the list as the server gave it, kept up to date by the store; on top of it lie
// the patches of mutations under way. A query whose params filter the list cannot tell whether a new item belongs to
// it, so it takes none in.
import { byId } from "./items"
import { type State, state } from "./refs"
import { share, shareList } from "./share"
import { type EntityStore, type Item, idOf, type Patch, type View } from "./store"

/** A confirmed change that answers which were asked for earlier may not know of. */
interface Recent {
  gone: ReadonlySet<string>
  created: readonly Item[]
  /** Answers to executions that began before this do not know of it. */
  at: number
}

export class QueryView implements View {
  readonly data: State<Record<string, Item>> = state({})
  readonly dataArr: State<Item[]> = state<Item[]>([])
  readonly #store: EntityStore
  readonly #type: string
  readonly #takesNew: () => boolean
  #base: Item[] = []
  #shown: Item[] = []
  #recent: Recent[] = []
  /** Executions under way, and when each began. */
  readonly #underWay = new Map<number, number>()
  /** Counts what happens here, executions and changes. */
  #clock = 0

  /** `takesNew`: whether an item that is new on the server belongs to this list. */
  constructor(store: EntityStore, type: string, takesNew: () => boolean) {
    this.#store = store
    this.#type = type
    this.#takesNew = takesNew
    store.add(type, this)
  }

  /** Items as the server gave them, without what is only assumed. */
  get base(): readonly Item[] {
    return this.#base
  }

  /** An execution began, or ended. */
  began(execution: number): void {
    this.#underWay.set(execution, ++this.#clock)
  }
  ended(execution: number): void {
    this.#underWay.delete(execution)
    const oldest = Math.min(...this.#underWay.values())
    this.#recent = this.#recent.filter(({ at }) => at > oldest)
  }

  /** The server answered with these items; `added`: they follow on those that are shown. */
  answered(execution: number, items: readonly Item[], added: boolean): void {
    const known = new Set(added ? this.#base.map(idOf) : [])
    const next = items.filter((item) => !known.has(idOf(item)) || idOf(item) === "")
    let list = [...(added ? this.#base : []), ...next].map((item) => this.#store.newest(this.#type, item))
    const began = this.#underWay.get(execution) ?? this.#clock
    for (const { gone, created, at } of this.#recent) if (at > began) list = this.#change(list, gone, created)
    this.#setBase(list)
    this.#draw()
  }

  changed(gone: ReadonlySet<string>, created: readonly Item[]): void {
    if (this.#underWay.size > 0 && (gone.size > 0 || created.length > 0)) {
      this.#recent.push({ gone, created, at: ++this.#clock })
    }
    const now = (item: Item) => this.#store.find(this.#type, idOf(item)) ?? item
    const current = this.#base.map(now)
    for (const recent of this.#recent) recent.created = recent.created.map(now)
    this.#setBase(this.#change(current, gone, created))
    this.#draw()
  }

  dispose(): void {
    this.#store.hold(this.#type, this, this.#base, [])
    this.#store.remove(this.#type, this)
    this.#base = []
  }

  #change(list: Item[], gone: ReadonlySet<string>, created: readonly Item[]): Item[] {
    const left = list.filter((item) => !gone.has(idOf(item)))
    if (!this.#takesNew()) return left
    const known = new Set(left.map(idOf))
    return [...left, ...created.filter((item) => !known.has(idOf(item)) && !gone.has(idOf(item)))]
  }

  #setBase(list: Item[]): void {
    const next = shareList(this.#base, list)
    if (next === this.#base) return
    const before = this.#base
    this.#base = next
    this.#store.hold(this.#type, this, before, next)
  }

  #draw(): void {
    const next = this.#store.patches(this.#type).reduce((list, patch) => this.#patched(list, patch), this.#base)
    const before = this.data.ref.value
    const items = next.map((item) => (Object.hasOwn(before, idOf(item)) ? share(before[idOf(item)], item) : item))
    const shown = shareList(this.#shown, items)
    if (shown === this.#shown) return
    this.#shown = shown
    this.dataArr.set(shown)
    this.data.set(byId(shown))
  }

  #patched(list: Item[], patch: Patch): Item[] {
    if (patch.kind === "delete") return list.filter((item) => idOf(item) !== patch.id)
    if (patch.kind === "update") return list.map((item) => (idOf(item) === patch.id ? patch.apply(item) : item))
    return this.#takesNew() ? [...list, patch.apply(undefined)] : list
  }
}
