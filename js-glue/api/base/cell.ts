// A cell holds one immutable state that is replaced as a whole. Its refs are selections of the state. A replacement
// reaches all refs in one batch, and a selection is computed again only if its part of the state has changed. As with
// `State`, only observed selections have a signal.
import { batch, Signal } from "@preact/signals-core"
import type { Ref, Unsubscribe } from "../../types"

/** How a ref selects its value from a cell. */
export interface Selection<S, T, C> {
  /** The part of the state that the value depends on. */
  readonly part: keyof S
  /** The value in the first state, if it is always the same. */
  readonly initial?: T
  readonly of: (cell: C) => T
}

/** The signal of a selection. The signals of a cell form a linked list. */
class Watched<S extends object, C extends Cell<S>> extends Signal<unknown> {
  readonly cell: C
  readonly selection: Selection<S, unknown, C>
  readonly next: Watched<S, C> | undefined

  constructor(cell: C, selection: Selection<S, unknown, C>, next: Watched<S, C> | undefined) {
    super(selection.of(cell), counting)
    this.cell = cell
    this.selection = selection
    this.next = next
  }
}

type AnyWatched = Watched<object, Cell<object>>

/** The options of all signals: each tells its cell of its first observer and its last. */
const counting = {
  watched(this: Signal<unknown>): void {
    ;(this as AnyWatched).cell.count(1)
  },
  unwatched(this: Signal<unknown>): void {
    ;(this as AnyWatched).cell.count(-1)
  },
}

export class Cell<S extends object> {
  /** The current state. `publish` replaces it. */
  state: Readonly<S>
  #watched: Watched<S, this> | undefined
  /** Number of observed selections. */
  #follows = 0

  constructor(initial: S) {
    this.state = initial
  }

  /** Replaces the state and notifies observers of the parts that differ. Rethrows exceptions of subscribers. */
  publish(state: S): void {
    const before = this.state
    this.state = state
    if (state !== before && this.#watched) batch(() => this.#notify(before))
  }

  /** Whether one of its refs is observed. */
  get isFollowed(): boolean {
    return this.#follows > 0
  }

  /** Called when the first observer arrives or the last one leaves. */
  protected followed(): void {}

  /** Returns the signal of a selection, which is kept up to date from now on. */
  watch<T>(selection: Selection<S, T, this>): Signal<T> {
    let one = this.#watched
    while (one && one.selection !== selection) one = one.next
    if (!one) {
      one = new Watched<S, this>(this, selection, this.#watched)
      this.#watched = one
    }
    return one as Signal<T>
  }

  /** An observed selection is one more or one less. */
  count(change: 1 | -1): void {
    const before = this.isFollowed
    this.#follows += change
    if (before !== this.isFollowed) this.followed()
  }

  #notify(before: S): void {
    for (let one = this.#watched; one; one = one.next) {
      const { part, of } = one.selection
      if (this.state[part] !== before[part]) one.value = of(this)
    }
  }
}

/** A selection as a ref. */
export class Selected<S extends object, T, C extends Cell<S>> implements Ref<T> {
  readonly #cell: C
  readonly #selection: Selection<S, T, C>

  constructor(cell: C, selection: Selection<S, T, C>) {
    this.#cell = cell
    this.#selection = selection
  }

  get initial(): T {
    const { initial } = this.#selection
    return "initial" in this.#selection ? (initial as T) : this.value
  }

  get value(): T {
    return this.#cell.watch(this.#selection).value
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    return this.#cell.watch(this.#selection).subscribe(listener)
  }
}
