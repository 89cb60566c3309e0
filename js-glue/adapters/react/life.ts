// When a React component has left the page for good. An effect alone does not tell: under StrictMode and in an Activity
// effects end and begin again while the component stays. Insertion effects end only with the component, but before the
// clean-ups of its effects, which may still use what it owns. So the end is when both are over.
export class Life {
  readonly #owned: { dispose(): void }
  #isThere = false
  #isActive = false

  /** `owned` is disposed of at the end. */
  constructor(owned: { dispose(): void }) {
    this.#owned = owned
  }

  /** For an insertion effect. */
  enter(): () => void {
    this.#isThere = true
    return () => {
      this.#isThere = false
      this.#endIfOver()
    }
  }

  /** For an effect. */
  begin(): () => void {
    this.#isActive = true
    return () => {
      this.#isActive = false
      this.#endIfOver()
    }
  }

  /** A microtask of its own, after all clean-ups; a hot reload has begun both effects again by then. */
  #endIfOver(): void {
    queueMicrotask(() => {
      if (!this.#isThere && !this.#isActive) this.#owned.dispose()
    })
  }
}
