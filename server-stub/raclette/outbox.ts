// Events on their way. An event is written in the transaction of the change that it tells of, sent after the commit,
// and deleted when it was sent: a process that dies in between has told of nothing that was not written, and leaves
// the events of what it wrote in the table, for itself after a restart or for another node. So that two nodes do not
// send the same event, it is lent to one of them for a while, and to another only when that time is over or the one could
// not send it. So an event is sent at least once, and twice if a process dies, or stands still for longer than the loan,
// while it sends one.
// Events that tell of one item come in the order of their commits, and none of a plugin comes before one that waits: who
// writes an event looks in the same transaction for what is in the table before it, and leaves its own there if it has to
// come later. A node sends one event after the other.
import { and, count, inArray, lt, sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { EventsBefore, groupOf } from "./event-order"
import {
  BATCH,
  batchesOf,
  events,
  inOrder,
  isAtFirstTry,
  LOAN,
  type OutgoingEvent,
  outgoingOf,
  type Row,
  rowsOf,
} from "./outbox-table"
import { atMost } from "./patience"

/** How often a node looks for events that were left, in ms. */
const ROUND = 1000
/** How soon a node looks whether what its events wait for was sent, in ms. */
const SOON = 50
/** How long the end waits for what is being sent, in ms. */
const PATIENCE = 300
/** How long what was sent may stay in the table, in ms, so that others that are sent meanwhile are deleted with it. */
const LINGER = 50
/** How many events on their way are looked at before new ones are put behind them unseen. */
const GLANCE = 50

/** What has become of events, until the table knows. */
interface Outcome {
  sent: string[]
  left: Row[]
  /** Lets the table know now. */
  hurry(): void
  over: Promise<void>
}

export interface Outbox {
  /** Writes events in the transaction that it is called in. What it returns sends them, after the commit. */
  add(outgoing: OutgoingEvent[]): Promise<() => void>
  /** How many events are on their way, or wait. */
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

/** Decorates the app with `outbox`, which sends with the app's `publish`. Register it before the sockets. */
export default plugin(
  async (fastify, { isAlone }: OutboxOptions) => {
    await fastify.database.createTable(events)
    const outbox = new StoredOutbox(fastify, isAlone)
    fastify.decorate("outbox", outbox)
    fastify.addHook("onListen", async () => outbox.open())
    // It runs before the sockets' own hook, so that clients still get what was written before.
    fastify.addHook("preClose", () => outbox.close())
  },
  { name: "raclette-outbox", dependencies: ["raclette-database"] },
)

class StoredOutbox implements Outbox {
  readonly #app: FastifyInstance
  readonly #isAlone: boolean
  /** Sendings that are not over. */
  readonly #underWay = new Set<Promise<boolean>>()
  /** The events that are lent to this node, by id, and until when. */
  readonly #inHand = new Map<string, number>()
  /** When those written by then could no longer count on being sent in order, by group. */
  readonly #failedAt = new Map<string, number>()
  /** Over when this node has sent all that it was given so far. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Whether all that is in the table is in this node's hand. */
  #isClear = false
  /** How often that could no longer be said. */
  #doubts = 0
  #isFailing = false
  #isClosing = false
  /** What the table is told next. */
  #outcome: Outcome | undefined
  /** The ids of what was sent and could not be deleted: it is with what is sent next, or in the next round. */
  #undeleted: string[] = []
  /** Over when the table knows of all before that. */
  #settled: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  constructor(app: FastifyInstance, isAlone: boolean) {
    this.#app = app
    this.#isAlone = isAlone
  }

  /** Begins to look for events that were left. */
  open(): void {
    this.#timer = setInterval(() => this.#look(), ROUND)
  }

  /** Resolves when nothing is being sent any more, or soon: what is left is sent by another node, or after the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#soon) this.#look()
    clearTimeout(this.#soon)
    this.#isClosing = true
    this.#outcome?.hurry()
    await atMost(PATIENCE, Promise.all([this.#round, ...this.#underWay]))
  }

  async count(): Promise<number> {
    const [row] = await this.#app.database.select({ events: count() }).from(events)
    return row?.events ?? 0
  }

  async add(outgoing: OutgoingEvent[]): Promise<() => void> {
    if (outgoing.length === 0) return () => {}
    // Before the table is looked at: what fails after that holds these up.
    const now = Date.now()
    const waits = !this.#app.canPublish() || (await this.#haveToWait(outgoing))
    const rows = rowsOf(outgoing, now, waits ? 0 : now + LOAN)
    await this.#app.database.insertRows(events, rows)
    if (waits) {
      this.#doubt()
      return () => this.#lookSoon()
    }
    for (const { _id, lentUntil } of rows) this.#inHand.set(_id, lentUntil)
    return () => void this.#send(rows, outgoing, true)
  }

  /** Whether events that are written now have to come after others that are in the table. */
  async #haveToWait(outgoing: OutgoingEvent[]): Promise<boolean> {
    if (this.#isClear) return false
    const now = Date.now()
    for (const group of new Set(outgoing.map(groupOf))) {
      const isOfGroup = sql`substr(${events.channel}, 1, ${group.length}) = ${group}`
      const query = this.#app.database.select().from(events).where(isOfGroup)
      const older = await query.orderBy(sql`rowid`).limit(GLANCE)
      if (older.length === GLANCE) return true
      const before = new EventsBefore()
      for (const row of older) {
        // What this node has in hand it sends before what it is given now.
        if (row.lentUntil >= now && this.#inHand.has(row._id)) continue
        if (isAtFirstTry(row, now)) before.addItems(outgoingOf(row))
        else before.addGroup(row)
      }
      if (outgoing.some((event) => before.holdUp(event))) return true
    }
    return false
  }

  /**
   * Sends events when this node's turn comes; `isNew`: at the first try. Resolves, when that is over, with whether all
   * arrived where they were sent to. The others are left in the table.
   */
  #send(rows: Row[], outgoing: OutgoingEvent[], isNew: boolean): Promise<boolean> {
    const sent = this.#turn.then(() => this.#publish(rows, outgoing, isNew))
    this.#turn = sent
    const over = sent
      .then(async (arrived) => {
        await this.#settle(rows, arrived)
        return arrived.size === rows.length
      })
      .catch((error) => {
        this.#app.log.error(
          error,
          "What was sent is still in the outbox, or what was not is still lent: see to the database",
        )
        return false
      })
      .finally(() => {
        this.#underWay.delete(over)
        for (const { _id } of rows) this.#inHand.delete(_id)
      })
    this.#underWay.add(over)
    return over
  }

  /** Sends in order, and nothing of a plugin after what did not arrive. Resolves with the ids of what did. */
  async #publish(rows: Row[], outgoing: OutgoingEvent[], isNew: boolean): Promise<Set<string>> {
    const arrived = new Set<string>()
    const before = new EventsBefore()
    for (const [n, event] of outgoing.entries()) {
      const { _id, writtenAt, lentUntil } = rows[n] as Row
      const failedSince = isNew && writtenAt <= (this.#failedAt.get(groupOf(event)) ?? 0)
      if (failedSince || lentUntil < Date.now()) before.addGroup(event)
      if (before.holdUp(event)) continue
      const failure = await this.#app.publish(event).catch((error: unknown) => error ?? new Error("It did not arrive"))
      this.#report(failure)
      if (failure === undefined) arrived.add(_id)
      else {
        before.addGroup(event)
        this.#failedAt.set(groupOf(event), Number.POSITIVE_INFINITY)
      }
    }
    if (arrived.size < rows.length) this.#doubt()
    return arrived
  }

  /** Something is left in the table, or will be. */
  #doubt(): void {
    this.#isClear = false
    this.#doubts++
  }

  /**
   * Deletes what arrived, and gives back what did not; resolves when that is done. Of what arrived nobody waits for that
   * where this node is alone: it is deleted together with what arrives in the next moment.
   */
  #settle(rows: Row[], arrived: Set<string>, isUrgent = this.#isClosing || !this.#isAlone): Promise<void> {
    this.#outcome ??= this.#nextOutcome()
    const { sent, left, hurry, over } = this.#outcome
    for (const row of rows) {
      if (arrived.has(row._id)) sent.push(row._id)
      else left.push(row)
    }
    if (left.length > 0 || isUrgent) hurry()
    return over
  }

  /** What becomes of events from now on, until the table is told: after `LINGER` ms, and after what is before it. */
  #nextOutcome(): Outcome {
    let hurry = () => {}
    const isTime = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LINGER)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    const outcome = { sent: [] as string[], left: [] as Row[], hurry }
    const before = this.#settled
    const over = Promise.all([isTime, before]).then(() => {
      this.#outcome = undefined
      return this.#tellTable(outcome)
    })
    this.#settled = over.catch(() => {})
    return { ...outcome, over }
  }

  async #tellTable({ sent, left }: Pick<Outcome, "sent" | "left">): Promise<void> {
    const { database } = this.#app
    // In order, for what follows in the table is sent again later, without those before it that are deleted.
    const all = [...this.#undeleted, ...sent]
    this.#undeleted = []
    const gone = batchesOf(all)
    const back = batchesOf(left.map(({ _id }) => _id))
    let isKnown = false
    try {
      await database.transaction(async () => {
        for (const ids of gone) await database.delete(events).where(inArray(events._id, ids))
        for (const ids of back) await database.update(events).set({ lentUntil: 0 }).where(inArray(events._id, ids))
      })
      isKnown = true
    } finally {
      if (!isKnown) {
        this.#undeleted = all
        this.#doubt()
      }
      // Who writes from now on sees in the table that these wait, or when their loan is over.
      const at = Date.now() + (isKnown ? 0 : LOAN)
      for (const row of left) this.#failedAt.set(groupOf(row), at)
    }
  }

  /** Says once that events cannot be sent, however many there are, until one is sent again. */
  #report(failure: unknown): void {
    if (failure !== undefined && !this.#isFailing) {
      const message = "An event could not be sent: it is kept, and sent later, as are those after it"
      this.#app.log.error(failure, message)
    }
    this.#isFailing = failure !== undefined
  }

  #lookSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      this.#look()
    }, SOON)
  }

  #look(): void {
    this.#round ??= this.#sendWhatWasLeft()
      .catch((error) => this.#app.log.error(error, "The outbox could not be read: it is read again later"))
      .finally(() => {
        this.#round = undefined
      })
  }

  async #sendWhatWasLeft(): Promise<void> {
    const now = Date.now()
    for (const [id, until] of this.#inHand) {
      if (until >= now) continue
      this.#inHand.delete(id)
      this.#doubt()
    }
    if (this.#undeleted.length > 0) await this.#settle([], new Set(), true)
    while (!this.#isClear && this.#app.canPublish()) {
      const { rows, waiting } = await this.#borrow()
      if (rows.length === 0) {
        if (waiting > 0) this.#lookSoon()
        return
      }
      if (!(await this.#send(rows, rows.map(outgoingOf), false))) return
    }
  }

  /** Whether an event waits, or could not be sent while it was lent. */
  async #isAnyLeft(now: number): Promise<boolean> {
    const { database } = this.#app
    const left = await database.select({ _id: events._id }).from(events).where(lt(events.lentUntil, now)).limit(1)
    return left.length > 0
  }

  /** Borrows the oldest of those events that wait, `BATCH` at most, and says how many have to wait on. */
  async #borrow(): Promise<{ rows: Row[]; waiting: number }> {
    const { database } = this.#app
    const now = Date.now()
    const doubts = this.#doubts
    if (!(this.#isAlone || (await this.#isAnyLeft(now)))) return { rows: [], waiting: 0 }
    const oldest = await database.select().from(events).orderBy(sql`rowid`).limit(BATCH)
    const isAll = oldest.length < BATCH && doubts === this.#doubts
    this.#isClear = this.#isAlone && isAll && oldest.every(({ _id }) => this.#inHand.has(_id))
    const wanted = inOrder(oldest, ({ lentUntil }) => lentUntil < now)
    if (wanted.length === 0) return { rows: [], waiting: oldest.filter(({ lentUntil }) => lentUntil < now).length }
    const lentUntil = now + LOAN + 1
    const ids = wanted.map(({ _id }) => _id)
    const lent = await database.transaction(() =>
      database
        .update(events)
        .set({ lentUntil })
        .where(and(lt(events.lentUntil, now), inArray(events._id, ids)))
        .returning({ _id: events._id }),
    )
    const mine = new Set(lent.map(({ _id }) => _id))
    // Another node may have borrowed some of them meanwhile.
    const rows = inOrder(wanted, ({ _id }) => mine.has(_id)).map((row) => ({ ...row, lentUntil }))
    const tooMany = [...mine].filter((id) => !rows.some(({ _id }) => _id === id))
    if (tooMany.length > 0) {
      await database.transaction(async () => {
        await database.update(events).set({ lentUntil: 0 }).where(inArray(events._id, tooMany))
      })
    }
    for (const { _id } of rows) this.#inHand.set(_id, lentUntil)
    return { rows, waiting: tooMany.length }
  }
}
