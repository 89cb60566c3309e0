// Detects that a React component is unmounted for good. Effects alone do not: StrictMode and Activity clean them up and
// run them again while the component stays. Insertion effects end only with the component, but before the clean-ups of
// its effects, which may still use what it owns. So the component has ended once both are cleaned up.
export class Life {
  readonly #owned: { dispose(): void }
  #isThere = false
  #isActive = false

  /** `owned` is disposed of when the component ends. */
  constructor(owned: { dispose(): void }) {
    this.#owned = owned
  }

  /** Callback for useInsertionEffect. */
  enter(): () => void {
    this.#isThere = true
    return () => {
      this.#isThere = false
      this.#endIfOver()
    }
  }

  /** Callback for useEffect. */
  begin(): () => void {
    this.#isActive = true
    return () => {
      this.#isActive = false
      this.#endIfOver()
    }
  }

  /** Runs in a microtask, after all clean-ups. A hot reload has started both effects again by then. */
  #endIfOver(): void {
    queueMicrotask(() => {
      if (!this.#isThere && !this.#isActive) this.#owned.dispose()
    })
  }
}
