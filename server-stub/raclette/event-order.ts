// Which events have to come in order: those of one plugin whose sending failed before, and those that tell of one item.

/** What an event tells of. */
interface Told {
  channel: string
  payload: unknown
}

/** The plugin of an event: what stands before its channelKey, or all of its name where there is none. */
export function groupOf({ channel }: Pick<Told, "channel">): string {
  const end = channel.indexOf("--")
  return end < 0 ? channel : channel.slice(0, end)
}

/** Ids of the items that an event tells of; none where its payload names none, and it may tell of any. */
function itemsOf({ payload }: Told): string[] {
  const body = (payload as { body?: { items?: unknown; deleted?: unknown } } | null)?.body
  const items = Array.isArray(body?.items) ? body.items.map((item) => item?._id) : []
  const deleted = Array.isArray(body?.deleted) ? body.deleted : []
  return [...items, ...deleted].filter((id) => id !== undefined).map(String)
}

/** Events that others have to wait for. */
export class EventsBefore {
  readonly #groups = new Set<string>()
  readonly #items = new Map<string, Set<string>>()

  /** Makes those wait that tell of an item that this event tells of. */
  addItems(event: Told): void {
    const ids = itemsOf(event)
    if (ids.length === 0) this.addGroup(event)
    const group = groupOf(event)
    const known = this.#items.get(group) ?? new Set()
    for (const id of ids) known.add(id)
    this.#items.set(group, known)
  }

  /** Makes all events of the same plugin wait. */
  addGroup(event: Told): void {
    this.#groups.add(groupOf(event))
  }

  /** Whether an event has to wait for one of these. */
  holdUp(event: Told): boolean {
    const group = groupOf(event)
    if (this.#groups.has(group)) return true
    const known = this.#items.get(group)
    if (!known) return false
    const ids = itemsOf(event)
    return ids.length === 0 || ids.some((id) => known.has(id))
  }
}
