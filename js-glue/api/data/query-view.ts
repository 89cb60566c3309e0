// What one query shows. Underneath lies the list as the server gave it, kept up to date by the store; on top of it lie
// the patches of mutations under way. Without those, what is shown is the list itself. A query whose params filter the
// list cannot tell whether a new item belongs to it, so it takes none in.

import type { Item } from "./item"
import { byId } from "./items"
import { isFiltered, type OperationSpec, readsList } from "./operation"
import type { QueryParams } from "./query-params"
import { share, shareList } from "./share"
import type { EntityType } from "./store"
import type { News } from "./verdict"
import type { Patch, View } from "./view"

/** The query that shows the list. */
export interface Showing {
  readonly operation: OperationSpec
  readonly params: Pick<QueryParams, "isKnown" | "current">
  readonly state: { readonly items: Item[] }
  /** Shows other items from now on. */
  show(items: Item[]): void
  /** Reads again; `inASecond`: these items, a second later. */
  lookAgain(ids: ReadonlySet<string>, inASecond: boolean): void
}

const NOTHING: readonly Item[] = []

let views = 0

export class QueryView implements View {
  readonly number = ++views
  readonly isList: boolean
  readonly #type: EntityType
  readonly #query: Showing
  /** Items as the server gave them, without what is only assumed. */
  #base: readonly Item[] = NOTHING
  /** What is shown is `#base`, without any patch. */
  #isWhole = true
  /** The answer that `#base` shows, as long as nothing else changed it. */
  #source: unknown

  /** `isStored`: it shares its items with others. */
  constructor(query: Showing, isStored: boolean) {
    this.#query = query
    this.#type = query.operation.type
    this.isList = isStored && readsList(query.operation)
    this.#type.add(this)
  }

  /** So many items the server gave. */
  get length(): number {
    return this.#base.length
  }

  get canRead(): boolean {
    const { operation, params } = this.#query
    return operation.change === undefined && params.isKnown
  }

  lookAgain(ids: ReadonlySet<string>, inASecond: boolean): void {
    this.#query.lookAgain(ids, inASecond)
  }

  /** Whether an item that is new on the server belongs to it: to a list that nothing narrows. */
  takesNew(): boolean {
    const { operation, params } = this.#query
    return this.isList && params.isKnown && !isFiltered(operation, params.current)
  }

  /** An item as the server gave it; undefined if it is not in the list. */
  find(id: string): Item | undefined {
    const { shown } = this.#type
    return shown.isShownBy(id, this) ? shown.find(id) : undefined
  }

  /** The server gave an answer with these items; `added`: they follow on those that are shown. */
  answered(answer: unknown, items: readonly Item[], added: boolean, news: News): void {
    const type = this.#type
    if (answer === this.#source && !added && type.isSettled) return
    const told = type.told(items)
    const judged = type.judge(told, news, this)
    const isWhole = !type.keptSome
    let list: readonly Item[] = added ? this.#followed(judged) : judged
    for (const { gone, created } of type.recent.since(news.began)) list = this.#change(list, gone, created)
    this.#setBase(list, news.at)
    // As long as it did not bring what was kept, showing it again changes nothing.
    if (isWhole) this.#source = answer
  }

  changed(ids: ReadonlySet<string>, gone: ReadonlySet<string>, created: readonly Item[]): void {
    const type = this.#type
    const now = (item: Item, id: string) => (ids.has(id) ? (type.shown.find(id) ?? item) : item)
    const list = ids.size > 0 ? this.#base.map((item) => now(item, type.idOf(item))) : this.#base
    this.#setBase(gone.size > 0 || created.length > 0 ? this.#change(list, gone, created) : list)
  }

  patched(): void {
    const { patches } = this.#type
    if (!this.#isWhole || patches.length > 0) this.#show(this.#under(patches))
  }

  dispose(): void {
    this.#type.hold(this, this.#base, NOTHING)
    this.#type.remove(this)
    this.#base = NOTHING
  }

  /** What is shown, as it is now, and behind it what is new of `items`. */
  #followed(items: readonly Item[]): Item[] {
    const type = this.#type
    const now = byId([...items], type.keys.idKey)
    const base = this.#base.map((item) => now[type.idOf(item)] ?? item)
    const known = new Set(base.map((item) => type.idOf(item)))
    return [...base, ...items.filter((item) => !known.has(type.idOf(item)) || type.idOf(item) === "")]
  }

  #change(list: readonly Item[], gone: ReadonlySet<string>, created: readonly Item[]): readonly Item[] {
    const type = this.#type
    const left = gone.size > 0 ? list.filter((item) => !gone.has(type.idOf(item))) : list
    if (created.length === 0 || !this.takesNew()) return left
    const known = new Set(left.map((item) => type.idOf(item)))
    const isMissing = (id: string) => !known.has(id) && !gone.has(id)
    const now = (item: Item) => type.shown.find(type.idOf(item)) ?? item
    return [...left, ...created.filter((item) => isMissing(type.idOf(item))).map(now)]
  }

  #setBase(list: readonly Item[], since?: number): void {
    const before = this.#base
    this.#source = undefined
    this.#base = shareList(before, list)
    if (this.#base !== before) this.#type.hold(this, before, this.#base, since)
    const { patches } = this.#type
    if (!this.#isWhole || patches.length > 0) this.#show(this.#under(patches))
    else if (this.#base !== before) this.#show([...this.#base])
  }

  #show(items: Item[]): void {
    const shown = shareList(this.#query.state.items, items)
    this.#isWhole = shareList(this.#base, shown) === this.#base
    this.#query.show(shown)
  }

  /** The list with `patches` over it; what is shown of it already keeps its identity. */
  #under(patches: readonly Patch[]): Item[] {
    const type = this.#type
    const next = patches.reduce((list, patch) => this.#patched(list, patch), this.#base)
    const before = byId(this.#query.state.items, type.keys.idKey)
    const shared = (item: Item, id: string) => (Object.hasOwn(before, id) ? share(before[id], item) : item)
    return next.map((item) => shared(item, type.idOf(item)))
  }

  #patched(list: readonly Item[], patch: Patch): readonly Item[] {
    const type = this.#type
    if (patch.kind === "delete") return list.filter((item) => type.idOf(item) !== patch.id)
    if (patch.kind === "update") return list.map((item) => (type.idOf(item) === patch.id && patch.apply(item)) || item)
    const id = patch.made ?? patch.id
    if (!this.takesNew() || list.some((item) => type.idOf(item) === id)) return list
    const made = patch.apply(undefined)
    return made ? [...list, made] : list
  }
}
