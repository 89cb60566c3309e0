// The parts of a browser's pages that other files of this folder use.

export interface PageLife {
  /** It was neither closed nor reloaded, and did not crash. */
  readonly isAlive: boolean
  /** Until then nothing happens to it: the machine sleeps, or the page is frozen. */
  awakeAt: number
  /** Lets something happen to the page as soon as it is awake. */
  soon(run: () => void, ms?: number): void
  /** Tells whoever listens; within the page. */
  tell(type: string, event?: object): void
}
