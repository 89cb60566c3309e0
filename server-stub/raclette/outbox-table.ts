// The outbox table: stored events in the order in which they were written, and which of them may be sent now.
import { randomUUID } from "node:crypto"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import { BlockingEvents } from "./event-order"

/** An event as Socket.IO sends it. */
export interface OutgoingEvent {
  channel: string
  payload: unknown
  /** The event goes to the sockets in any of these rooms. Default: all sockets. */
  rooms?: string[]
}

/** How long a node that wrote an event has it leased for sending, in ms. Afterwards another node may send it. */
export const LEASE = 5000
/** How many rows are sent at a time, and deleted by one statement. */
export const BATCH = 500

export const events = sqliteTable("outbox", {
  _id: text("_id").primaryKey(),
  channel: text("channel").notNull(),
  payload: text("payload").notNull(),
  rooms: text("rooms"),
  writtenAt: integer("written_at").notNull(),
  place: integer("place").notNull(),
  leasedUntil: integer("lent_until").notNull(),
})

export type Row = typeof events.$inferSelect

/** Lists of at most `BATCH` ids. */
export function batchesOf(ids: string[]): string[][] {
  const batches = Math.ceil(ids.length / BATCH)
  return Array.from({ length: batches }, (_, n) => ids.slice(n * BATCH, (n + 1) * BATCH))
}

/** The rows that wait and that no earlier row blocks. `rows` must be in the order in which they were written. */
export function sendableRows(rows: Row[], waits: (row: Row) => boolean): Row[] {
  const earlier = new BlockingEvents()
  return rows.filter((row) => {
    const event = eventOf(row)
    if (!waits(row)) earlier.blockItems(event)
    else if (earlier.blocks(event)) earlier.blockPlugin(event)
    else return true
    return false
  })
}

/** Whether the node that wrote an event still holds its first lease. Otherwise the event waits, or has waited. */
export function isFirstAttempt({ writtenAt, leasedUntil }: Row, now: number): boolean {
  return leasedUntil >= now && leasedUntil === writtenAt + LEASE
}

/** The rows that store events. Events of one operation mostly share a payload, which is serialized once. */
export function rowsOf(outgoing: OutgoingEvent[], writtenAt: number, leasedUntil: number): Row[] {
  const texts = new Map<unknown, string>()
  return outgoing.map(({ channel, payload, rooms }, place) => {
    const text = texts.get(payload) ?? JSON.stringify(payload)
    texts.set(payload, text)
    const where = rooms ? JSON.stringify(rooms) : null
    return { _id: randomUUID(), channel, payload: text, rooms: where, writtenAt, place, leasedUntil }
  })
}

export function eventOf({ channel, payload, rooms }: Row): OutgoingEvent {
  return { channel, payload: JSON.parse(payload), ...(rooms !== null && { rooms: JSON.parse(rooms) }) }
}
