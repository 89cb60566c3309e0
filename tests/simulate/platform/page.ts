// A page of a virtual browser: timers, listeners, requests and sockets, and whether it is alive, frozen or visible. Its
// resources are counted, so that a run can detect leaks. A dead page is never called again.
import { mix, type Random } from "../random"
import type { VirtualBrowser } from "./browser"
import type { Clock, Task } from "./clock"
import type { PageLife } from "./life"

type Listener = (event: object) => void

/** A page's access to the rest of the world. */
export interface PageNetwork {
  fetch(page: VirtualPage, url: string, init: RequestInit): Promise<unknown>
  connect(page: VirtualPage, socket: object, url: string): object
}

/** The resources that a page holds. */
export interface Resources {
  timers: number
  requests: number
  sockets: number
  listeners: number
}

export class VirtualPage implements PageLife {
  isAlive = true
  awakeAt = 0
  isVisible = true
  /** Requests in flight, which the network ends when the page goes. */
  readonly requests = new Set<object>()
  /** Requests in flight of a long-polling connection. */
  readonly polls = new Set<object>()
  readonly sockets = new Set<object>()
  readonly #timers = new Map<number, Task>()
  readonly #listeners = new Map<string, Set<Listener>>()
  /** Counts events that may cause requests, and those that may make its data outdated. */
  happened = 0
  changes = 0
  #lastTimer = 0

  constructor(
    readonly id: number,
    readonly browser: VirtualBrowser,
    readonly clock: Clock,
    readonly network: PageNetwork,
    /** The page's `Math.random`. */
    readonly random: Random,
  ) {}

  /** The page's `Date.now()`. */
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

  /** Counts an event. `isChange`: its data may be outdated. */
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

  /** Ends the page (close, reload or crash): none of its code runs any more, and its locks are released. */
  die(): void {
    this.isAlive = false
    this.browser.leave(this)
  }

  held(): Resources {
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

/** The seed of a page's random source, independent of the run's steps. */
export function pageSeed(seed: number, id: number): number {
  return mix(seed, "page", id)
}
