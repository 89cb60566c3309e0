// A cell: one state that is never changed but replaced, and refs that are selections of it. A replacement reaches all of
// them in one batch, and a selection is made anew only when its part of the state is another one. As with `State`, there
// is a signal for those that somebody looks at.
import { batch, type Signal, type SignalOptions, signal } from "@preact/signals-core"
import type { Ref, Unsubscribe } from "../../types"

/** What a ref shows of a cell. */
export interface Selection<S, T, C> {
  /** The part of the state that it comes from. */
  readonly part: keyof S
  /** What it is in the first state, if that is always the same. */
  readonly initial?: T
  readonly of: (cell: C) => T
}

/** A selection that somebody looks at; each cell has them as a chain. */
interface Watched<S, C> {
  readonly selection: Selection<S, unknown, C>
  readonly signal: Signal<unknown>
  readonly next: Watched<S, C> | undefined
}

export class Cell<S extends object> {
  /** The state of now; `publish` replaces it. */
  state: Readonly<S>
  #watched: Watched<S, this> | undefined
  /** So many selections are followed. */
  #follows = 0
  #counting: SignalOptions<unknown> | undefined

  constructor(initial: S) {
    this.state = initial
  }

  /** Replaces the state, and tells who watches a part that differs. Throws what a subscriber threw. */
  publish(state: S): void {
    const before = this.state
    this.state = state
    if (state !== before && this.#watched) batch(() => this.#notify(before))
  }

  /** Whether anybody follows one of its refs. */
  get isFollowed(): boolean {
    return this.#follows > 0
  }

  /** The first begins to follow, or the last has ended. */
  protected followed(): void {}

  /** The signal of a selection, which is kept up to date from now on. */
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
