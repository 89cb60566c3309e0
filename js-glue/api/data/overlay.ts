// Applies the patches of mutations in flight to a list. Unchanged rows keep their identity, also when a patch is
// removed and the server's answer equals it.
import type { Item } from "./item"
import type { Membership } from "./membership"
import { share } from "./share"
import type { EntityType } from "./store"
import { isOver, type Patch } from "./view"

/** The list under the patches. */
export interface Underneath {
  readonly isList: boolean
  /** Whether it can take in new items. */
  readonly canRead: boolean
  readonly rules: Membership
  /** The logical time at which the list was requested. */
  readonly askedAt: number
  find(id: string): Item | undefined
}

/** The shown items, and the rows that patches changed, by id. */
export interface Overlaid {
  readonly items: Item[]
  readonly overlay: ReadonlyMap<string, Item> | undefined
}

/** Up to this number of changes, each row is searched in the list. */
const FEW = 8

/** Replaces each key of `next` in `list` with its value, or removes it if the value is undefined. */
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

/** The state of one row while patches are applied. */
interface Row {
  /** The row in the list. Undefined if the list does not contain it. */
  readonly base: Item | undefined
  /** The known item, with the patches applied so far. */
  item: Item | undefined
  isListed: boolean
  /** Whether its place differs from the one in the list. */
  isMoved: boolean
}

/** Returns `base` with the patches of `type` applied. `before`: the previous overlay. */
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

/** Applies one patch to a row. */
function applyPatch(patch: Patch, row: Row, { isList, canRead, rules, askedAt }: Underneath): void {
  const { kind, apply } = patch
  const { item, isListed } = row
  if (kind === "create" && !isListed && isOver(patch, askedAt)) return
  if (kind === "delete") row.isListed = false
  if (kind === "delete" || (kind === "create" ? isListed : !item)) return
  const made = patch.arrived ? item : apply(kind === "create" ? undefined : item)
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

/** Writes the rows into `items`. */
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
