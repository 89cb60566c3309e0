// A page of a virtual browser: timers, listeners, requests and sockets, and whether it is alive, frozen or visible. Its
// resources are counted, so that a run can detect leaks. A dead page is never called again.
import { mix, type Random } from "../random"
import type { VirtualBrowser } from "./browser"
import type { Clock, Task } from "./clock"
import type { PageLife } from "./life"

type Listener = (event: object) => void

/** How a page reaches the world outside. */
export interface PageNetwork {
  fetch(page: VirtualPage, url: string, init: RequestInit): Promise<unknown>
  connect(page: VirtualPage, socket: object, url: string): object
}

/** What a page has under way. */
export interface Held {
  timers: number
  requests: number
  sockets: number
  listeners: number
}

export class VirtualPage implements PageLife {
  isAlive = true
  awakeAt = 0
  isVisible = true
  /** Requests that have no answer yet; each is ended by the network when the page goes. */
  readonly requests = new Set<object>()
  /** Those of a connection that polls. */
  readonly polls = new Set<object>()
  readonly sockets = new Set<object>()
  readonly #timers = new Map<number, Task>()
  readonly #listeners = new Map<string, Set<Listener>>()
  /** So much happened that may make it ask the backend, and so much that may have changed what it was told. */
  happened = 0
  changes = 0
  #lastTimer = 0

  constructor(
    readonly id: number,
    readonly browser: VirtualBrowser,
    readonly clock: Clock,
    readonly network: PageNetwork,
    /** What the page's own `Math.random` gives. */
    readonly random: Random,
  ) {}

  /** What the page sees as the time since 1970. */
  get wall(): number {
    return this.browser.wall
  }

  setTimer(callback: () => void, ms = 0): number {
    const id = ++this.#lastTimer
    const fire = () => {
      this.#timers.delete(id)
      callback()
    }
    this.#timers.set(id, this.clock.after(Math.min(ms, 2 ** 31), fire, this))
    return id
  }

  clearTimer(id: unknown): void {
    this.clock.cancel(this.#timers.get(id as number))
    this.#timers.delete(id as number)
  }

  listen(type: string, listener: Listener, options?: AddEventListenerOptions): void {
    if (options?.signal?.aborted) return
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners)
    listeners.add(listener)
    options?.signal?.addEventListener("abort", () => listeners.delete(listener))
  }

  /** Something happens to it; `isChange`: answers that it has may be behind. */
  happens(isChange: boolean): void {
    this.happened++
    if (isChange) this.changes++
  }

  tell(type: string, event: object = {}): void {
    this.happens(false)
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event)
  }

  soon(run: () => void, ms = 0): void {
    this.clock.after(ms, run, this)
  }

  /** It is closed, reloaded or crashed: nothing of it runs any more, and its locks are free. */
  die(): void {
    this.isAlive = false
    this.browser.leave(this)
  }

  held(): Held {
    let listeners = 0
    for (const [, set] of this.#listeners) listeners += set.size
    return {
      timers: this.#timers.size,
      requests: this.requests.size + this.polls.size,
      sockets: this.sockets.size,
      listeners,
    }
  }
}

/** The seed of a page's own chance, apart from that of the run's steps. */
export function pageSeed(seed: number, id: number): number {
  return mix(seed, "page", id)
}
