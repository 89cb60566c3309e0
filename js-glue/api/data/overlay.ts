// Applies patches to a list: what it shows while mutations are in flight. Rows keep their identity where they do not
// change, also when a patch is removed and the server's answer is equal.
import type { Item } from "./item"
import type { Membership } from "./membership"
import { share } from "./share"
import type { EntityType } from "./store"
import { isOver, type Patch } from "./view"

/** The list that patches lie over. */
export interface Underneath {
  readonly isList: boolean
  /** Whether it takes in items at all. */
  readonly canRead: boolean
  readonly rules: Membership
  /** When what it shows was asked for. */
  readonly askedAt: number
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

/** What becomes of one row under the patches over it. */
interface Row {
  /** The row in the list; undefined where it has none. */
  readonly base: Item | undefined
  /** What is known of the item, with the patches so far. */
  item: Item | undefined
  isListed: boolean
  /** It has another place than in the list. */
  isMoved: boolean
}

/** `base` with the patches of `type` over it. `before`: the overlay until now. */
export function applyPatches(
  view: Underneath,
  base: readonly Item[],
  { patches, shown }: Pick<EntityType, "patches" | "shown">,
  before: Overlaid["overlay"],
): Overlaid {
  const items = [...base]
  if (patches.length === 0 && !before) return { items, overlay: undefined }
  const rows = new Map<string, Row>()
  const rowOf = (id: string): Row => {
    const known = rows.get(id)
    if (known) return known
    const base = view.find(id)
    const row = { base, item: base ?? shown.find(id), isListed: base !== undefined, isMoved: false }
    rows.set(id, row)
    return row
  }
  for (const patch of patches) applyPatch(patch, rowOf(patch.made ?? patch.id), view)
  for (const id of before?.keys() ?? []) rowOf(id)
  return placeRows(view, items, rows, before)
}

/** Lays one patch over a row. */
function applyPatch(patch: Patch, row: Row, { isList, canRead, rules, askedAt }: Underneath): void {
  const { kind, apply } = patch
  const { item, isListed } = row
  if (kind === "create" && !isListed && isOver(patch, askedAt)) return
  if (kind === "delete") row.isListed = false
  if (kind === "delete" || (kind === "create" ? isListed : !item)) return
  const made = apply(kind === "create" ? undefined : item)
  if (!made) return
  row.item = made
  if (isListed) {
    row.isListed = !isList || !rules.leaves(item as Item, made)
    if (isList && rules.order(item as Item, made) !== 0) row.isMoved = true
  } else if (isList && canRead) {
    row.isListed = kind === "create" ? rules.of(made).belongs === true : rules.enters(item as Item, made)
    row.isMoved = true
  }
}

/** Puts the rows into `items`. */
function placeRows(
  view: Underneath,
  items: Item[],
  rows: ReadonlyMap<string, Row>,
  before: Overlaid["overlay"],
): Overlaid {
  const next = new Map<Item, Item | undefined>()
  const placed: Item[] = []
  const overlay = new Map<string, Item>()
  for (const [id, { base, item, isListed, isMoved }] of rows) {
    const now = isListed ? share(before?.get(id) ?? base, item) : undefined
    const stays = isMoved ? undefined : now
    if (base && stays !== base) next.set(base, stays)
    if (!now || now === base) continue
    overlay.set(id, now)
    if (!stays) placed.push(now)
  }
  replaceIn(items, next)
  for (const item of placed) items.splice(view.rules.place(items, item), 0, item)
  return { items, overlay: overlay.size > 0 ? overlay : undefined }
}
