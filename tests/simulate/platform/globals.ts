// The globals that the package sees: those of the page whose event runs. So the package runs as it ships, with its own
// drivers, and the run answers all calls to the platform. Weak references are strong here, since garbage collection is
// unpredictable.
import { VirtualController, VirtualSignal } from "./abort"
import type { VirtualPage } from "./page"

let current: VirtualPage | undefined
const native = { setTimeout, clearTimeout, setImmediate, random: Math.random, now: Date.now, Date }

/** The page whose event runs. Throws outside of any. */
export function here(): VirtualPage {
  if (!current) throw new Error("The package's code ran outside of any page")
  return current
}

/** Runs an event of a page, with all microtasks that follow. */
export function enter(page: VirtualPage, run: () => void): Promise<void> {
  current = page
  run()
  return new Promise(leaveLater)
}

function leaveLater(resolve: () => void): void {
  native.setImmediate(leave, resolve)
}

function leave(resolve: () => void): void {
  current = undefined
  resolve()
}

const define = (target: object, name: string, value: unknown) =>
  Object.defineProperty(target, name, { value, configurable: true, writable: true })

const defineGetter = (name: string, get: () => unknown) =>
  Object.defineProperty(globalThis, name, { get, configurable: true })

/** Installs the globals permanently. Call it before importing the package. */
export function installGlobals(WebSocketClass: unknown): void {
  define(globalThis, "setTimeout", (callback: () => void, ms?: number) =>
    current ? current.setTimer(callback, ms) : native.setTimeout(callback, ms),
  )
  define(globalThis, "clearTimeout", (id: unknown) =>
    current && typeof id === "number" ? current.clearTimer(id) : native.clearTimeout(id as never),
  )
  define(globalThis, "performance", { now: () => current?.clock.now ?? 0 })
  define(Date, "now", () => current?.wall ?? native.now())
  define(Math, "random", () => current?.random.next() ?? native.random())
  define(crypto, "getRandomValues", (bytes: Uint8Array) => bytes.map(() => Math.floor(Math.random() * 256)))
  define(globalThis, "fetch", (url: string, init: RequestInit) => here().network.fetch(here(), url, init))
  define(globalThis, "WebSocket", WebSocketClass)
  define(globalThis, "AbortController", VirtualController)
  define(globalThis, "AbortSignal", VirtualSignal)
  define(globalThis, "WeakRef", StrongRef)
  define(globalThis, "FinalizationRegistry", Uncollected)
  define(globalThis, "BroadcastChannel", Channel)
  define(globalThis, "addEventListener", (...listener: Parameters<VirtualPage["listen"]>) => here().listen(...listener))
  defineGetter("indexedDB", () => current?.browser.databases.of(current))
  defineGetter("navigator", () => current && { locks: locksOf(current), onLine: current.browser.isOnline })
  defineGetter("document", () => current && documentOf(current))
}

function documentOf(page: VirtualPage): object {
  return {
    visibilityState: page.isVisible ? "visible" : "hidden",
    addEventListener: (...listener: Parameters<VirtualPage["listen"]>) => page.listen(...listener),
  }
}

function locksOf(page: VirtualPage): object {
  return {
    request: (name: string, options: LockOptions | (() => void), work?: () => void) =>
      typeof options === "function"
        ? page.browser.locks.request(page, name, {}, options)
        : page.browser.locks.request(page, name, options, work as () => void),
  }
}

class StrongRef<T> {
  readonly #target: T
  constructor(target: T) {
    this.#target = target
  }
  deref(): T {
    return this.#target
  }
}

class Uncollected {
  register(): void {}
  unregister(): void {}
}

class Channel {
  onmessage: ((event: { data: unknown }) => void) | undefined
  readonly postMessage: (data: unknown) => void
  readonly close: () => void

  constructor(name: string) {
    const { browser } = here()
    const hear = (data?: unknown) => this.onmessage?.({ data })
    this.close = browser.openChannel(name, here(), hear)
    this.postMessage = (data) => browser.post(name, hear, data)
  }
}
