// JavaScript values behind integer handles: outgoing payloads and bodies of answers. The core refers to them but never
// reads them. Exactly one effect releases a handle. 0 is never a handle.

/** The body of an answer. `began`: when its request began, in logical time. */
export interface KeptAnswer {
  readonly body: unknown
  readonly began: number
}

export class Values<T> {
  readonly #values = new Map<number, T>()
  #next = 1

  add(value: T): number {
    const handle = this.#next++
    this.#values.set(handle, value)
    return handle
  }

  get(handle: number): T | undefined {
    return this.#values.get(handle)
  }

  release(handle: number): void {
    this.#values.delete(handle)
  }

  clear(): void {
    this.#values.clear()
  }

  get size(): number {
    return this.#values.size
  }
}
