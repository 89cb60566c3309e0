// The parts of a browser's pages that other files of this folder use.

export interface PageLife {
  /** Whether it was neither closed nor reloaded, and did not crash. */
  readonly isAlive: boolean
  /** Until when it gets no events: the machine sleeps, or the page is frozen. */
  awakeAt: number
  /** Runs an event of the page once it is awake. */
  soon(run: () => void, ms?: number): void
  /** Dispatches an event to the page's listeners. */
  tell(type: string, event?: object): void
}
