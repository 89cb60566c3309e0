// Events on their way. An event is written in the transaction of the change that it tells of, sent after the commit,
// and deleted when it was sent: a process that dies in between has told of nothing that was not written, and leaves
// the events of what it wrote in the table, for itself after a restart or for another node. So that two nodes do not
// send the same, an event is lent to one for a while, and to another only when that time is over. An event is sent at
// least once, therefore: twice if a process dies, or stands still for longer than the loan, after it sent one.
import { randomUUID } from "node:crypto"
import { inArray, lt, sql } from "drizzle-orm"
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

/** Decorates the app with `outbox`. It sends with the app's `publish`, and closes before that if registered before. */
export default plugin(
  async (fastify) => {
    const { database } = fastify
    await database.createTable(
      "outbox",
      sql`
        _id TEXT PRIMARY KEY,
        channel TEXT NOT NULL,
        payload TEXT NOT NULL,
        rooms TEXT,
        written_at BIGINT NOT NULL,
        place INTEGER NOT NULL,
        lent_until BIGINT NOT NULL`,
    )
    const underWay = new Set<Promise<void>>()
    const inHand = new Set<string>()

    /** Sends in order, and deletes what arrived where it was sent to. What fails is sent again in a later round. */
    function send(rows: Row[], outgoing: OutgoingEvent[]): void {
      const ids = rows.map(({ _id }) => _id)
      for (const id of ids) inHand.add(id)
      const sent = Promise.all(outgoing.map((event) => fastify.publish(event)))
      const over = sent
        .then(() =>
          database.transaction(async () => void (await database.delete(events).where(inArray(events._id, ids)))),
        )
        .catch((error) => fastify.log.error(error, "An event could not be sent: it is kept, and sent later"))
        .finally(() => {
          underWay.delete(over)
          for (const id of ids) inHand.delete(id)
        })
      underWay.add(over)
    }

    async function sendWhatWasLeft(): Promise<void> {
      const now = Date.now()
      const left = lt(events.lentUntil, now)
      const [any] = await database.select().from(events).where(left).limit(1)
      if (!any) return
      const lent = await database.transaction(() =>
        database
          .update(events)
          .set({ lentUntil: now + LOAN })
          .where(left)
          .returning(),
      )
      const mine = lent.filter(({ _id }) => !inHand.has(_id))
      mine.sort((a, b) => a.writtenAt - b.writtenAt || a.place - b.place)
      if (mine.length > 0)
        send(
          mine,
          mine.map(({ channel, payload, rooms }) => {
            return { channel, payload: JSON.parse(payload), ...(rooms !== null && { rooms: JSON.parse(rooms) }) }
          }),
        )
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
        return () => send(rows, outgoing)
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
