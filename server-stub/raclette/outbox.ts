// A transactional outbox. An event is written in the transaction of its change, sent after the commit, and deleted once
// sent. If a process dies in between, no event announces an uncommitted change, and the events of committed changes
// stay in the table for this node's next start or for another node. A row is leased to one node at a time, so that two
// nodes do not send it. Another node may lease it when the lease has expired or the first node failed. So events are
// delivered at least once; twice only if a process dies, or hangs for longer than the lease, while it sends. Order:
// events about one item are sent in the order of their commits, and no event of a plugin overtakes one that waits. To
// ensure this, the transaction that writes an event reads the earlier rows, and leaves its event for later if one of
// them blocks it. A node sends one event after the other.
import { and, count, inArray, lt, sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { BlockingEvents, pluginOf } from "./event-order"
import {
  BATCH,
  batchesOf,
  eventOf,
  events,
  isFirstAttempt,
  LEASE,
  type OutgoingEvent,
  type Row,
  rowsOf,
  sendableRows,
} from "./outbox-table"
import { settledWithin } from "./timeout"

/** How often a node looks for waiting events, in ms. */
const POLL_INTERVAL = 1000
/** When a node looks again whether the events that block its own were sent, in ms. */
const RECHECK_DELAY = 50
/** How long `close()` waits for events that are being sent, in ms. */
const CLOSE_TIMEOUT = 300
/** How long sent events may stay in the table, in ms, so that several are deleted by one statement. */
const DELETE_DELAY = 50
/** How many earlier rows are compared with new events. If there are more, the new events wait without a comparison. */
const MAX_COMPARED = 50

/** An update of the table that is being collected: ids of rows to delete, and rows whose lease to release. */
interface PendingUpdate {
  sent: string[]
  failed: Row[]
  /** Writes the update now. */
  flush(): void
  written: Promise<void>
}

export interface Outbox {
  /** Writes events in the current transaction. Call the returned function after the commit: it sends them. */
  add(outgoing: OutgoingEvent[]): Promise<() => void>
  /** How many events are in the table: being sent, or waiting. */
  count(): Promise<number>
}

declare module "fastify" {
  interface FastifyInstance {
    outbox: Outbox
  }
}

export interface OutboxOptions {
  /** Whether no other node writes to the database. */
  isAlone: boolean
}

/** Decorates the app with `outbox`, which sends events with the app's `publish()`. Register it before the sockets. */
export default plugin(
  async (fastify, { isAlone }: OutboxOptions) => {
    await fastify.database.createTable(events)
    const outbox = new StoredOutbox(fastify, isAlone)
    fastify.decorate("outbox", outbox)
    fastify.addHook("onListen", async () => outbox.open())
    // Runs before the hook that closes the sockets, so that clients still get their events.
    fastify.addHook("preClose", () => outbox.close())
  },
  { name: "raclette-outbox", dependencies: ["raclette-database"] },
)

class StoredOutbox implements Outbox {
  readonly #app: FastifyInstance
  readonly #isAlone: boolean
  /** `#send()` calls that are not settled. */
  readonly #inFlight = new Set<Promise<boolean>>()
  /** The ids of the events that are leased to this node, with the leases' ends. */
  readonly #leased = new Map<string, number>()
  /** By plugin: events written up to this time must not be sent at their first attempt, since an earlier one failed. */
  readonly #failedAt = new Map<string, number>()
  /** Resolves when this node has sent everything that it was given so far. */
  #queue: Promise<unknown> = Promise.resolve()
  /** Whether this node has leased every row of the table, so that nothing waits. */
  #isDrained = false
  /** How often `#isDrained` was cleared. */
  #undrainedCount = 0
  #isFailing = false
  #isClosing = false
  #pending: PendingUpdate | undefined
  /** Ids of sent events that could not be deleted. The next update deletes them. */
  #undeleted: string[] = []
  /** Resolves when all earlier updates are written. */
  #written: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #recheckTimer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined

  constructor(app: FastifyInstance, isAlone: boolean) {
    this.#app = app
    this.#isAlone = isAlone
  }

  /** Starts polling for waiting events. */
  open(): void {
    this.#timer = setInterval(() => this.#poll(), POLL_INTERVAL)
  }

  /** Resolves when nothing is being sent, or after `CLOSE_TIMEOUT`. Another node, or the next start, sends the rest. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#recheckTimer) this.#poll()
    clearTimeout(this.#recheckTimer)
    this.#isClosing = true
    this.#pending?.flush()
    await settledWithin(CLOSE_TIMEOUT, Promise.all([this.#polling, ...this.#inFlight]))
  }

  async count(): Promise<number> {
    const [row] = await this.#app.database.select({ events: count() }).from(events)
    return row?.events ?? 0
  }

  async add(outgoing: OutgoingEvent[]): Promise<() => void> {
    if (outgoing.length === 0) return () => {}
    // Before the table is read: an event that fails later blocks these.
    const now = Date.now()
    const waits = !this.#app.canPublish() || (await this.#mustWait(outgoing))
    const rows = rowsOf(outgoing, now, waits ? 0 : now + LEASE)
    await this.#app.database.insertRows(events, rows)
    if (waits) {
      this.#markUndrained()
      return () => this.#pollSoon()
    }
    for (const { _id, leasedUntil } of rows) this.#leased.set(_id, leasedUntil)
    return () => void this.#send(rows, outgoing, true)
  }

  /** Whether earlier rows of the table block events that are written now. */
  async #mustWait(outgoing: OutgoingEvent[]): Promise<boolean> {
    if (this.#isDrained) return false
    const now = Date.now()
    for (const plugin of new Set(outgoing.map(pluginOf))) {
      const isOfPlugin = sql`substr(${events.channel}, 1, ${plugin.length}) = ${plugin}`
      const query = this.#app.database.select().from(events).where(isOfPlugin)
      const older = await query.orderBy(sql`rowid`).limit(MAX_COMPARED)
      if (older.length === MAX_COMPARED) return true
      const earlier = new BlockingEvents()
      for (const row of older) {
        // This node sends the events that it has leased before these.
        if (row.leasedUntil >= now && this.#leased.has(row._id)) continue
        if (isFirstAttempt(row, now)) earlier.blockItems(eventOf(row))
        else earlier.blockPlugin(row)
      }
      if (outgoing.some((event) => earlier.blocks(event))) return true
    }
    return false
  }

  /**
   * Sends events after all earlier ones of this node. `isNew`: this is their first attempt. Resolves with whether all
   * were sent, once the table is updated. Events that failed stay in the table.
   */
  #send(rows: Row[], outgoing: OutgoingEvent[], isNew: boolean): Promise<boolean> {
    const sent = this.#queue.then(() => this.#publish(rows, outgoing, isNew))
    this.#queue = sent
    const done = sent
      .then(async (published) => {
        await this.#record(rows, published)
        return published.size === rows.length
      })
      .catch((error) => {
        this.#app.log.error(error, "The outbox could not be updated: retrying. Clients may get these events twice")
        return false
      })
      .finally(() => {
        this.#inFlight.delete(done)
        for (const { _id } of rows) this.#leased.delete(_id)
      })
    this.#inFlight.add(done)
    return done
  }

  /**
   * Sends in order. After an event that fails, no event of its plugin is sent. Resolves with the ids of sent events.
   */
  async #publish(rows: Row[], outgoing: OutgoingEvent[], isNew: boolean): Promise<Set<string>> {
    const published = new Set<string>()
    const earlier = new BlockingEvents()
    for (const [n, event] of outgoing.entries()) {
      const { _id, writtenAt, leasedUntil } = rows[n] as Row
      const failedSince = isNew && writtenAt <= (this.#failedAt.get(pluginOf(event)) ?? 0)
      if (failedSince || leasedUntil < Date.now()) earlier.blockPlugin(event)
      if (earlier.blocks(event)) continue
      const failure = await this.#app.publish(event).catch((error: unknown) => error ?? new Error("publish() rejected"))
      this.#report(failure)
      if (failure === undefined) published.add(_id)
      else {
        earlier.blockPlugin(event)
        this.#failedAt.set(pluginOf(event), Number.POSITIVE_INFINITY)
      }
    }
    if (published.size < rows.length) this.#markUndrained()
    return published
  }

  /** A row waits in the table, or will. */
  #markUndrained(): void {
    this.#isDrained = false
    this.#undrainedCount++
  }

  /**
   * Deletes sent events and releases the leases of failed ones. Resolves when that is written. With other nodes it is
   * written at once; a single node collects deletions for `DELETE_DELAY`, since nobody waits for them.
   */
  #record(rows: Row[], published: Set<string>, isUrgent = this.#isClosing || !this.#isAlone): Promise<void> {
    this.#pending ??= this.#openUpdate()
    const { sent, failed, flush, written } = this.#pending
    for (const row of rows) {
      if (published.has(row._id)) sent.push(row._id)
      else failed.push(row)
    }
    if (failed.length > 0 || isUrgent) flush()
    return written
  }

  /** Starts to collect an update, which is written after `DELETE_DELAY` ms and after all earlier ones. */
  #openUpdate(): PendingUpdate {
    let flush = () => {}
    const isTime = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, DELETE_DELAY)
      flush = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    const update = { sent: [] as string[], failed: [] as Row[], flush }
    const earlier = this.#written
    const written = Promise.all([isTime, earlier]).then(() => {
      this.#pending = undefined
      return this.#write(update)
    })
    this.#written = written.catch(() => {})
    return { ...update, written }
  }

  async #write({ sent, failed }: Pick<PendingUpdate, "sent" | "failed">): Promise<void> {
    const { database } = this.#app
    // Oldest first, so that a row which stays in the table, and is sent again, has no earlier row behind it.
    const all = [...this.#undeleted, ...sent]
    this.#undeleted = []
    const deleted = batchesOf(all)
    const released = batchesOf(failed.map(({ _id }) => _id))
    let isWritten = false
    try {
      await database.transaction(async () => {
        for (const ids of deleted) await database.delete(events).where(inArray(events._id, ids))
        for (const ids of released)
          await database.update(events).set({ leasedUntil: 0 }).where(inArray(events._id, ids))
      })
      isWritten = true
    } finally {
      if (!isWritten) {
        this.#undeleted = all
        this.#markUndrained()
      }
      // Later writers see in the table that these rows wait: now, or once their leases have expired.
      const at = Date.now() + (isWritten ? 0 : LEASE)
      for (const row of failed) this.#failedAt.set(pluginOf(row), at)
    }
  }

  /** Logs a failure once, until an event is sent again. */
  #report(failure: unknown): void {
    if (failure !== undefined && !this.#isFailing) {
      const message =
        "An event could not be sent: it stays in the outbox, and is sent later together with its successors"
      this.#app.log.error(failure, message)
    }
    this.#isFailing = failure !== undefined
  }

  #pollSoon(): void {
    this.#recheckTimer ??= setTimeout(() => {
      this.#recheckTimer = undefined
      this.#poll()
    }, RECHECK_DELAY)
  }

  #poll(): void {
    this.#polling ??= this.#sendWaiting()
      .catch((error) => this.#app.log.error(error, "The outbox could not be read: retrying every second"))
      .finally(() => {
        this.#polling = undefined
      })
  }

  async #sendWaiting(): Promise<void> {
    const now = Date.now()
    for (const [id, until] of this.#leased) {
      if (until >= now) continue
      this.#leased.delete(id)
      this.#markUndrained()
    }
    if (this.#undeleted.length > 0) await this.#record([], new Set(), true)
    while (!this.#isDrained && this.#app.canPublish()) {
      const { rows, waiting } = await this.#lease()
      if (rows.length === 0) {
        if (waiting > 0) this.#pollSoon()
        return
      }
      if (!(await this.#send(rows, rows.map(eventOf), false))) return
    }
  }

  /** Whether any event waits, or its lease has expired. */
  async #hasWaiting(now: number): Promise<boolean> {
    const { database } = this.#app
    const waiting = await database.select({ _id: events._id }).from(events).where(lt(events.leasedUntil, now)).limit(1)
    return waiting.length > 0
  }

  /** Leases the oldest waiting events, at most `BATCH`. `waiting`: how many are blocked. */
  async #lease(): Promise<{ rows: Row[]; waiting: number }> {
    const { database } = this.#app
    const now = Date.now()
    const undrainedCount = this.#undrainedCount
    if (!(this.#isAlone || (await this.#hasWaiting(now)))) return { rows: [], waiting: 0 }
    const oldest = await database.select().from(events).orderBy(sql`rowid`).limit(BATCH)
    const isAll = oldest.length < BATCH && undrainedCount === this.#undrainedCount
    this.#isDrained = this.#isAlone && isAll && oldest.every(({ _id }) => this.#leased.has(_id))
    const wanted = sendableRows(oldest, ({ leasedUntil }) => leasedUntil < now)
    if (wanted.length === 0) return { rows: [], waiting: oldest.filter(({ leasedUntil }) => leasedUntil < now).length }
    const leasedUntil = now + LEASE + 1
    const ids = wanted.map(({ _id }) => _id)
    const leased = await database.transaction(() =>
      database
        .update(events)
        .set({ leasedUntil })
        .where(and(lt(events.leasedUntil, now), inArray(events._id, ids)))
        .returning({ _id: events._id }),
    )
    const mine = new Set(leased.map(({ _id }) => _id))
    // Another node may have leased some of them in between.
    const rows = sendableRows(wanted, ({ _id }) => mine.has(_id)).map((row) => ({ ...row, leasedUntil }))
    const tooMany = [...mine].filter((id) => !rows.some(({ _id }) => _id === id))
    if (tooMany.length > 0) {
      await database.transaction(async () => {
        await database.update(events).set({ leasedUntil: 0 }).where(inArray(events._id, tooMany))
      })
    }
    for (const { _id } of rows) this.#leased.set(_id, leasedUntil)
    return { rows, waiting: tooMany.length }
  }
}
