// A cell holds one immutable state that is replaced as a whole. Its refs are selections of the state. A replacement
// reaches all refs in one batch, and a selection is computed again only if its part of the state has changed. As with
// `State`, only observed selections have a signal.
import { batch, type Signal, type SignalOptions, signal } from "@preact/signals-core"
import type { Ref, Unsubscribe } from "../../types"

/** How a ref selects its value from a cell. */
export interface Selection<S, T, C> {
  /** The part of the state that the value depends on. */
  readonly part: keyof S
  /** The value in the first state, if it is always the same. */
  readonly initial?: T
  readonly of: (cell: C) => T
}

/** A selection with a signal. The selections of a cell form a linked list. */
interface Watched<S, C> {
  readonly selection: Selection<S, unknown, C>
  readonly signal: Signal<unknown>
  readonly next: Watched<S, C> | undefined
}

export class Cell<S extends object> {
  /** The current state. `publish` replaces it. */
  state: Readonly<S>
  #watched: Watched<S, this> | undefined
  /** Number of observed selections. */
  #follows = 0
  #counting: SignalOptions<unknown> | undefined

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
    if (one) return one.signal as Signal<T>
    this.#counting ??= { watched: () => this.#count(1), unwatched: () => this.#count(-1) }
    const made = signal<unknown>(selection.of(this), this.#counting)
    this.#watched = { selection, signal: made, next: this.#watched }
    return made as Signal<T>
  }

  #count(change: 1 | -1): void {
    const before = this.isFollowed
    this.#follows += change
    if (before !== this.isFollowed) this.followed()
  }

  #notify(before: S): void {
    for (let one = this.#watched; one; one = one.next) {
      const { part, of } = one.selection
      if (this.state[part] !== before[part]) one.signal.value = of(this)
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
