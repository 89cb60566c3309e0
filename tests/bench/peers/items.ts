// The items of the bench's backend.

export interface Item {
  _id: string
  name: string
  done: boolean
  version: number
}

/** One item. */
export function itemOf(id: string | number, version = 0): Item {
  return { _id: String(id), name: `Item ${id}`, done: false, version }
}

/** `count` items, the first of them in the given version. */
export function itemsOf(count: number, version = 0): Item[] {
  return Array.from({ length: count }, (_, i) => itemOf(i, i === 0 ? version : 0))
}
