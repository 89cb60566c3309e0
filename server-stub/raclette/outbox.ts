// Events on their way. An event is written in the transaction of the change that it tells of, sent after the commit,
// and deleted when it was sent: a process that dies in between has told of nothing that was not written, and leaves
// the events of what it wrote in the table, for itself after a restart or for another node. So that two nodes do not
// send the same event, it is lent to one of them for a while, and to another only when that time is over. So an event
// is sent at least once, and twice if a process dies, or stands still for longer than the loan, after it sent one.
import { randomUUID } from "node:crypto"
import { and, inArray, lt } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"

/** An event as Socket.IO sends it. */
export interface OutgoingEvent {
  channel: string
  payload: unknown
  /** Who hears of it: the sockets in any of these. Default: all. */
  rooms?: string[]
}

/** How long a node may take from the commit to the sending, in ms. */
const LOAN = 5000
/** How often a node looks for events that were left, in ms. */
const ROUND = 1000
/** How many of those are sent at a time. */
const BATCH = 500

const events = sqliteTable("outbox", {
  _id: text("_id").primaryKey(),
  channel: text("channel").notNull(),
  payload: text("payload").notNull(),
  rooms: text("rooms"),
  writtenAt: integer("written_at").notNull(),
  place: integer("place").notNull(),
  lentUntil: integer("lent_until").notNull(),
})

type Row = typeof events.$inferSelect

export interface Outbox {
  /** Writes events in the transaction that it is called in. What it returns sends them, after the commit. */
  add(outgoing: OutgoingEvent[]): Promise<() => void>
}

declare module "fastify" {
  interface FastifyInstance {
    outbox: Outbox
  }
}

/** Decorates the app with `outbox`, which sends with the app's `publish`. Register it before the sockets. */
export default plugin(
  async (fastify) => {
    await fastify.database.createTable(events)
    const outbox = new StoredOutbox(fastify)
    fastify.decorate("outbox", outbox)
    fastify.addHook("onListen", async () => outbox.open())
    // It runs before the sockets' own hook, so that clients still get what was written before.
    fastify.addHook("preClose", () => outbox.close())
  },
  { name: "raclette-outbox", dependencies: ["raclette-database"] },
)

class StoredOutbox implements Outbox {
  readonly #app: FastifyInstance
  /** Sendings that are not over. */
  readonly #underWay = new Set<Promise<void>>()
  /** The ids of the events in those. */
  readonly #inHand = new Set<string>()
  #isFailing = false
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  constructor(app: FastifyInstance) {
    this.#app = app
  }

  /** Begins to look for events that were left. */
  open(): void {
    this.#timer = setInterval(() => {
      this.#round ??= this.#sendWhatWasLeft()
        .catch((error) => this.#app.log.error(error, "The outbox could not be read: it is read again later"))
        .finally(() => {
          this.#round = undefined
        })
    }, ROUND)
  }

  /** Resolves when nothing is being sent any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#round
    await Promise.all(this.#underWay)
  }

  async add(outgoing: OutgoingEvent[]): Promise<() => void> {
    if (outgoing.length === 0) return () => {}
    const now = Date.now()
    const rows = outgoing.map((event, place) => rowOf(event, place, now))
    await this.#app.database.insert(events).values(rows)
    return () => void this.#send(rows, outgoing)
  }

  /** Resolves when the sending is over, whether or not the events arrived. */
  #send(rows: Row[], outgoing: OutgoingEvent[]): Promise<void> {
    for (const { _id } of rows) this.#inHand.add(_id)
    const over = this.#deliver(rows, outgoing)
      .catch((error) => {
        this.#app.log.error(error, "An event that was sent is still in the outbox: it is sent again")
      })
      .finally(() => {
        this.#underWay.delete(over)
        for (const { _id } of rows) this.#inHand.delete(_id)
      })
    this.#underWay.add(over)
    return over
  }

  /** Sends in order, and deletes what arrived where it was sent to; the rest is sent again in a later round. */
  async #deliver(rows: Row[], outgoing: OutgoingEvent[]): Promise<void> {
    const { database } = this.#app
    const results = await Promise.allSettled(outgoing.map((event) => this.#app.publish(event)))
    this.#report(results.find((result) => result.status === "rejected"))
    const arrived = rows.filter((_, n) => results[n]?.status === "fulfilled").map(({ _id }) => _id)
    if (arrived.length === 0) return
    await database.transaction(async () => void (await database.delete(events).where(inArray(events._id, arrived))))
  }

  /** Says once that events cannot be sent, however many there are, until one is sent again. */
  #report(failure: PromiseRejectedResult | undefined): void {
    if (failure && !this.#isFailing) {
      const message = "An event could not be sent: it is kept, and sent later, as are those after it"
      this.#app.log.error(failure.reason, message)
    }
    this.#isFailing = failure !== undefined
  }

  async #sendWhatWasLeft(): Promise<void> {
    while (this.#app.canPublish()) {
      const rows = await this.#borrow()
      if (rows.length === 0) return
      await this.#send(rows, rows.map(outgoingOf))
    }
  }

  /** Borrows the oldest of those events that nobody has sent in time, `BATCH` at most. */
  async #borrow(): Promise<Row[]> {
    const { database } = this.#app
    const now = Date.now()
    const left = lt(events.lentUntil, now)
    const oldest = database.select({ _id: events._id }).from(events).where(left)
    const ids = oldest.orderBy(events.writtenAt, events.place).limit(BATCH)
    if ((await ids).length === 0) return []
    const lent = await database.transaction(() =>
      database
        .update(events)
        .set({ lentUntil: now + LOAN })
        .where(and(left, inArray(events._id, ids)))
        .returning(),
    )
    const mine = lent.filter(({ _id }) => !this.#inHand.has(_id))
    return mine.sort((a, b) => a.writtenAt - b.writtenAt || a.place - b.place)
  }
}

/** An event as it is stored, lent to the node that writes it. */
function rowOf({ channel, payload, rooms }: OutgoingEvent, place: number, now: number): Row {
  return {
    _id: randomUUID(),
    channel,
    payload: JSON.stringify(payload),
    rooms: rooms ? JSON.stringify(rooms) : null,
    writtenAt: now,
    place,
    lentUntil: now + LOAN,
  }
}

function outgoingOf({ channel, payload, rooms }: Row): OutgoingEvent {
  return { channel, payload: JSON.parse(payload), ...(rooms !== null && { rooms: JSON.parse(rooms) }) }
}
