// The order of events. Two kinds keep their order: events about the same item, and events of a plugin after one of its
// events could not be sent.

interface ChannelEvent {
  channel: string
  payload: unknown
}

/** The plugin of an event: its name up to the channelKey, or the whole name if it has none. */
export function pluginOf({ channel }: Pick<ChannelEvent, "channel">): string {
  const end = channel.indexOf("--")
  return end < 0 ? channel : channel.slice(0, end)
}

/** Ids of the items in an event's payload. Empty if it names none: such an event may be about any item. */
function itemsOf({ payload }: ChannelEvent): string[] {
  const body = (payload as { body?: { items?: unknown; deleted?: unknown } } | null)?.body
  const items = Array.isArray(body?.items) ? body.items.map((item) => item?._id) : []
  const deleted = Array.isArray(body?.deleted) ? body.deleted : []
  return [...items, ...deleted].filter((id) => id !== undefined).map(String)
}

/** Earlier events that are not sent yet, and what later events have to wait for them. */
export class BlockingEvents {
  readonly #plugins = new Set<string>()
  readonly #items = new Map<string, Set<string>>()

  /** Blocks later events about any of this event's items. */
  blockItems(event: ChannelEvent): void {
    const ids = itemsOf(event)
    if (ids.length === 0) this.blockPlugin(event)
    const plugin = pluginOf(event)
    const blocked = this.#items.get(plugin) ?? new Set()
    for (const id of ids) blocked.add(id)
    this.#items.set(plugin, blocked)
  }

  /** Blocks all later events of the same plugin. */
  blockPlugin(event: ChannelEvent): void {
    this.#plugins.add(pluginOf(event))
  }

  /** Whether an event has to wait. */
  blocks(event: ChannelEvent): boolean {
    const plugin = pluginOf(event)
    if (this.#plugins.has(plugin)) return true
    const blocked = this.#items.get(plugin)
    if (!blocked) return false
    const ids = itemsOf(event)
    return ids.length === 0 || ids.some((id) => blocked.has(id))
  }
}
