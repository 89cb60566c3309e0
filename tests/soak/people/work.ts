// The actions of writers, one after the other: they own some items, create until they have enough, then mostly update
// and sometimes delete. Actions are drawn from the seed; their timing depends on the backend.
import { setTimeout as pause } from "node:timers/promises"
import { Random } from "../../simulate/random"
import type { Entry, Write, WriteKind, Record as WriteRecord } from "../record"

/** The maximum number of a writer's items. */
const MAX_ITEMS = 8

/** Performs a write on an item and records its outcome. Resolves with whether the outcome is known. */
export type Perform = (entry: Entry, write: Write) => Promise<boolean>

/** A writer. */
export class Worker {
  readonly #record: WriteRecord
  readonly #random: Random
  readonly #name: string
  readonly #perform: Perform
  readonly #kinds: readonly WriteKind[]
  readonly #pace: number
  /** Its existing items whose state it knows. */
  readonly #items: Entry[] = []
  #count = 0
  #isHalted = false
  #over: Promise<void> = Promise.resolve()

  /** `pace`: the interval between two writes, in ms. `kinds`: the kinds of its writes. */
  constructor(
    name: string,
    seed: number,
    record: WriteRecord,
    { pace, kinds, perform }: { pace: number; kinds: readonly WriteKind[]; perform: Perform },
  ) {
    this.#name = name
    this.#random = new Random(seed)
    this.#record = record
    this.#pace = pace
    this.#kinds = kinds
    this.#perform = perform
  }

  work(): Promise<void> {
    this.#over = this.#workOn()
    return this.#over
  }

  halt(): Promise<void> {
    this.#isHalted = true
    return this.#over
  }

  async #workOn(): Promise<void> {
    for (let next = Date.now(); !this.#isHalted; ) {
      next = Math.max(Date.now(), next + this.#pace * (0.5 + this.#random.next()))
      await this.#step()
      await pause(Math.max(0, next - Date.now()))
    }
  }

  async #step(): Promise<void> {
    const isFull = this.#items.length >= MAX_ITEMS
    const creates = this.#items.length < MAX_ITEMS / 2 || (!isFull && this.#random.chance(0.3))
    const entry = creates ? this.#record.open(this.#name) : this.#random.pick(this.#items)
    const kind = creates ? "create" : this.#random.pick(this.#kinds)
    const before = entry.writes.at(-1)
    const isDeletion = kind === "delete" || kind === "hard delete"
    const name = isDeletion ? (before as Write).name : `${this.#name}: ${++this.#count}`
    const isCompleted = isDeletion ? (before as Write).isCompleted : this.#random.chance(0.4)
    const write = this.#record.begin(entry, kind, name, isCompleted)
    const isKnown = await this.#perform(entry, write)
    if (creates && isKnown) this.#items.push(entry)
    if (!creates && (isDeletion || !isKnown)) this.#items.splice(this.#items.indexOf(entry), 1)
  }
}
