// Events on their way. An event is written in the transaction of the change that it tells of, sent after the commit,
// and deleted when it was sent: a process that dies in between has told of nothing that was not written, and leaves
// the events of what it wrote in the table, for itself after a restart or for another node. So that two nodes do not
// send the same, an event is lent to one for a while, and to another only when that time is over. An event is sent at
// least once, therefore: twice if a process dies, or stands still for longer than the loan, after it sent one.
import { randomUUID } from "node:crypto"
import { and, inArray, lt } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
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

function outgoingOf({ channel, payload, rooms }: Row): OutgoingEvent {
  return { channel, payload: JSON.parse(payload), ...(rooms !== null && { rooms: JSON.parse(rooms) }) }
}

export interface Outbox {
  /** Writes events in the transaction that it is called in. What it returns sends them, after the commit. */
  add(outgoing: OutgoingEvent[]): Promise<() => void>
}

declare module "fastify" {
  interface FastifyInstance {
    outbox: Outbox
  }
}

/** Decorates the app with `outbox`. It sends with the app's `publish`, and closes before that if registered before. */
export default plugin(
  async (fastify) => {
    const { database } = fastify
    await database.createTable(events)
    const underWay = new Set<Promise<void>>()
    const inHand = new Set<string>()

    let isFailing = false

    /** Says once that events cannot be sent, however many there are, until one is sent again. */
    function report(failure: PromiseRejectedResult | undefined): void {
      if (failure && !isFailing) {
        fastify.log.error(
          failure.reason,
          "An event could not be sent: it is kept, and sent later, as are those after it",
        )
      }
      isFailing = failure !== undefined
    }

    /** Sends in order, and deletes what arrived where it was sent to; the rest is sent again in a later round. */
    async function deliver(rows: Row[], outgoing: OutgoingEvent[]): Promise<void> {
      const results = await Promise.allSettled(outgoing.map((event) => fastify.publish(event)))
      report(results.find((result) => result.status === "rejected"))
      const arrived = rows.filter((_, n) => results[n]?.status === "fulfilled").map(({ _id }) => _id)
      if (arrived.length === 0) return
      await database.transaction(async () => void (await database.delete(events).where(inArray(events._id, arrived))))
    }

    function send(rows: Row[], outgoing: OutgoingEvent[]): Promise<void> {
      for (const { _id } of rows) inHand.add(_id)
      const over = deliver(rows, outgoing)
        .catch((error) => fastify.log.error(error, "An event that was sent is still in the outbox: it is sent again"))
        .finally(() => {
          underWay.delete(over)
          for (const { _id } of rows) inHand.delete(_id)
        })
      underWay.add(over)
      return over
    }

    /** Borrows the oldest of those events that nobody has sent in time, `BATCH` at most. */
    async function borrow(): Promise<Row[]> {
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
      return lent.filter(({ _id }) => !inHand.has(_id)).sort((a, b) => a.writtenAt - b.writtenAt || a.place - b.place)
    }

    async function sendWhatWasLeft(): Promise<void> {
      while (fastify.canPublish()) {
        const rows = await borrow()
        if (rows.length === 0) return
        await send(rows, rows.map(outgoingOf))
      }
    }

    fastify.decorate("outbox", {
      async add(outgoing) {
        if (outgoing.length === 0) return () => {}
        const now = Date.now()
        const rows = outgoing.map(({ channel, payload, rooms }, place) => {
          return {
            _id: randomUUID(),
            channel,
            payload: JSON.stringify(payload),
            rooms: rooms ? JSON.stringify(rooms) : null,
            writtenAt: now,
            place,
            lentUntil: now + LOAN,
          }
        })
        await database.insert(events).values(rows)
        return () => void send(rows, outgoing)
      },
    })

    let round: Promise<void> | undefined
    let timer: NodeJS.Timeout | undefined
    fastify.addHook("onListen", async () => {
      timer = setInterval(() => {
        round ??= sendWhatWasLeft()
          .catch((error) => fastify.log.error(error, "The outbox could not be read: it is read again later"))
          .finally(() => {
            round = undefined
          })
      }, ROUND)
    })
    // This stands before the sockets' own hook, so that what was written before is heard.
    fastify.addHook("preClose", async () => {
      clearInterval(timer)
      await round
      await Promise.all(underWay)
    })
  },
  { name: "raclette-outbox", dependencies: ["raclette-database"] },
)
