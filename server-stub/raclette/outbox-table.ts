// The table of the outbox: events as they are stored, in the order in which they were written, and which of them may be
// sent now.
import { randomUUID } from "node:crypto"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import { EventsBefore } from "./event-order"

/** An event as Socket.IO sends it. */
export interface OutgoingEvent {
  channel: string
  payload: unknown
  /** Who hears of it: the sockets in any of these. Default: all. */
  rooms?: string[]
}

/** How long a node may take from the commit to the sending, in ms. */
export const LOAN = 5000
/** How many rows are sent at a time, and how many are deleted by one statement. */
export const BATCH = 500

export const events = sqliteTable("outbox", {
  _id: text("_id").primaryKey(),
  channel: text("channel").notNull(),
  payload: text("payload").notNull(),
  rooms: text("rooms"),
  writtenAt: integer("written_at").notNull(),
  place: integer("place").notNull(),
  lentUntil: integer("lent_until").notNull(),
})

export type Row = typeof events.$inferSelect

/** Lists of at most `BATCH` ids. */
export function batchesOf(ids: string[]): string[][] {
  const batches = Math.ceil(ids.length / BATCH)
  return Array.from({ length: batches }, (_, n) => ids.slice(n * BATCH, (n + 1) * BATCH))
}

/** Of rows in their order those that may be sent: who `waits`, and neither an item nor a plugin of which is held up. */
export function inOrder(rows: Row[], waits: (row: Row) => boolean): Row[] {
  const before = new EventsBefore()
  return rows.filter((row) => {
    const event = outgoingOf(row)
    if (!waits(row)) before.addItems(event)
    else if (before.holdUp(event)) before.addGroup(event)
    else return true
    return false
  })
}

/** Whether an event is lent to who wrote it. Otherwise it waits, or has waited. */
export function isAtFirstTry({ writtenAt, lentUntil }: Row, now: number): boolean {
  return lentUntil >= now && lentUntil === writtenAt + LOAN
}

/** Events as they are stored. Those of an operation mostly have one payload. */
export function rowsOf(outgoing: OutgoingEvent[], writtenAt: number, lentUntil: number): Row[] {
  const texts = new Map<unknown, string>()
  return outgoing.map(({ channel, payload, rooms }, place) => {
    const text = texts.get(payload) ?? JSON.stringify(payload)
    texts.set(payload, text)
    const where = rooms ? JSON.stringify(rooms) : null
    return { _id: randomUUID(), channel, payload: text, rooms: where, writtenAt, place, lentUntil }
  })
}

export function outgoingOf({ channel, payload, rooms }: Row): OutgoingEvent {
  return { channel, payload: JSON.parse(payload), ...(rooms !== null && { rooms: JSON.parse(rooms) }) }
}
