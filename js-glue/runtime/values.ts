// JavaScript values behind integer handles: payloads to send and bodies of answers, which the core names but never
// sees. A handle is released by exactly one effect; 0 is never one.

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
