// `AbortController` and `AbortSignal` as the package and the model use them: Node's own cost more than the requests that
// they belong to, since each is an EventTarget with an Event and an exception with a stack.
// Source: DOM, "Aborting ongoing activities", https://dom.spec.whatwg.org/#aborting-ongoing-activities

type Listener = (event: { type: string }) => void

export class VirtualSignal {
  aborted = false
  reason: unknown
  #listeners: Listener[] | undefined

  addEventListener(_type: "abort", listener: Listener): void {
    if (this.#listeners === undefined) this.#listeners = [listener]
    else if (!this.#listeners.includes(listener)) this.#listeners.push(listener)
  }

  removeEventListener(_type: "abort", listener: Listener): void {
    this.#listeners = this.#listeners?.filter((one) => one !== listener)
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason ?? abortError()
    const listeners = this.#listeners
    this.#listeners = undefined
    for (const listener of listeners ?? []) listener({ type: "abort" })
  }
}

export class VirtualController {
  readonly signal = new VirtualSignal()

  abort(reason?: unknown): void {
    this.signal.abort(reason)
  }
}

/** The error of an aborted operation. */
export function abortError(message = "This operation was aborted"): Error {
  const error = new Error(message)
  error.name = "AbortError"
  return error
}
