// Patches over a list: what is shown of it as long as mutations are under way. What was shown already keeps its identity,
// also when a patch goes and the server says the same.
import type { Item } from "./item"
import type { Membership } from "./membership"
import { share } from "./share"
import type { EntityType } from "./store"
import type { Patch } from "./view"

/** The list that patches lie over. */
export interface Underneath {
  readonly isList: boolean
  /** Whether it takes in items at all. */
  readonly canRead: boolean
  readonly rules: Membership
  find(id: string): Item | undefined
}

/** What is shown, and which rows of it are in another version than in the list, by their ids. */
export interface Overlaid {
  readonly items: Item[]
  readonly overlay: ReadonlyMap<string, Item> | undefined
}

/** Changing so many items of a list looks each of them up. */
const FEW = 8

/** Of `list`, each key of `next` becomes its value, or leaves. */
export function replaceIn(list: Item[], next: ReadonlyMap<Item, Item | undefined>): void {
  if (next.size > FEW) {
    const kept = list.map((item) => (next.has(item) ? next.get(item) : item)).filter((item) => item !== undefined)
    list.splice(0, list.length)
    for (const item of kept) list.push(item)
    return
  }
  for (const [old, now] of next) {
    for (let at = list.indexOf(old); at >= 0; at = list.indexOf(old, at)) {
      if (now) list[at] = now
      else list.splice(at, 1)
    }
  }
}

/** `base` with the patches of `type` over it. `before`: the overlay until now. */
export function overlaid(
  view: Underneath,
  base: readonly Item[],
  { patches, shown }: Pick<EntityType, "patches" | "shown">,
  before: Overlaid["overlay"],
): Overlaid {
  const items = [...base]
  if (patches.length === 0 && !before) return { items, overlay: undefined }
  const rows = new Map<string, Item>()
  for (const patch of patches) {
    const id = patch.made ?? patch.id
    const row = rows.get(id) ?? shown.find(id)
    const next = lay(patch, view, items, row)
    if (next) rows.set(id, next)
  }
  for (const id of before?.keys() ?? []) if (!rows.has(id) && view.find(id)) rows.set(id, view.find(id) as Item)
  const overlay = new Map<string, Item>()
  for (const [id, row] of rows) {
    if (!items.includes(row)) continue
    const now = share(before?.get(id) ?? view.find(id), row)
    if (now !== row) replaceIn(items, new Map([[row, now]]))
    if (now !== view.find(id)) overlay.set(id, now)
  }
  return { items, overlay: overlay.size > 0 ? overlay : undefined }
}

/** Lays one patch over `items`. Returns the row that it makes; undefined where there is none. `row`: what is known of it. */
function lay(patch: Patch, view: Underneath, items: Item[], row: Item | undefined): Item | undefined {
  const isListed = row !== undefined && items.includes(row)
  if (patch.kind === "delete") {
    if (isListed) replaceIn(items, new Map([[row, undefined]]))
    return undefined
  }
  const isCreation = patch.kind === "create"
  if (isCreation ? isListed || view.find(patch.made ?? patch.id) : !row) return row
  const made = patch.apply(isCreation ? undefined : row)
  if (!made) return row
  if (isListed) {
    const stays = !view.isList || !view.rules.leaves(row, made)
    const moves = stays && view.isList && view.rules.order(row, made) !== 0
    replaceIn(items, new Map([[row, stays && !moves ? made : undefined]]))
    if (!moves) return made
  } else {
    if (!view.isList || !view.canRead) return made
    if (isCreation ? !view.rules.of(made).belongs : !view.rules.enters(row as Item, made)) return made
  }
  items.splice(view.rules.place(items, made), 0, made)
  return made
}
