// A browser, or a device: what the pages of one origin share. Its network comes and goes, its clock may be wrong. Its
// locks, channels and database respond later and in order, as from another process.
import type { StoredMutation } from "../../../js-glue/types"
import type { Random } from "../random"
import type { Clock } from "./clock"
import { VirtualDatabases } from "./database"
import type { PageLife } from "./life"
import { VirtualLocks } from "./locks"

/** The start time of a run, in ms since 1970. */
export const EPOCH = Date.UTC(2026, 3, 21, 17, 30)

interface Channel {
  name: string
  page: PageLife
  hear(data: unknown): void
}

export class VirtualBrowser {
  readonly pages: PageLife[] = []
  readonly locks: VirtualLocks
  readonly databases: VirtualDatabases
  isOnline = true
  /** The error of its clock, in ms. */
  wallShift = 0
  /** The logins that all pages share, by user. */
  readonly logins = new Map<string, { token: string; refreshToken: string }>()
  /** Custom storages without knowledge of pages. */
  readonly plain = new Map<string, Map<string, StoredMutation>>()
  /** The user who is logged in. */
  user = "anna"
  readonly #channels = new Set<Channel>()

  constructor(
    readonly id: number,
    readonly clock: Clock,
    random: Random,
  ) {
    this.locks = new VirtualLocks(clock, random)
    this.databases = new VirtualDatabases(clock, random)
  }

  get wall(): number {
    return EPOCH + this.clock.now + this.wallShift
  }

  openChannel(name: string, page: PageLife, hear: (data: unknown) => void): () => void {
    const channel = { name, page, hear }
    this.#channels.add(channel)
    return () => this.#channels.delete(channel)
  }

  post(name: string, from: () => void, data: unknown): void {
    for (const channel of this.#channels) {
      if (channel.name !== name || channel.hear === from) continue
      channel.page.soon(() => this.#channels.has(channel) && channel.hear(data), 1)
    }
  }

  leave(page: PageLife): void {
    this.pages.splice(this.pages.indexOf(page), 1)
    for (const channel of this.#channels) if (channel.page === page) this.#channels.delete(channel)
    this.locks.leave(page)
  }

  /** The shared resources that a page holds. */
  heldBy(page: PageLife): number {
    const channels = [...this.#channels].filter((channel) => channel.page === page).length
    return channels + this.locks.heldBy(page)
  }
}
