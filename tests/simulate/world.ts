// One run: a backend, a network, browsers with pages, and one clock. Everything that happens is written to a trace,
// whose hash is kept: a repeated run has the same hash.
import { Backend } from "./backend/backend"
import { Network } from "./backend/network"
import { App } from "./person/app"
import { Ledger } from "./person/ledger"
import { SLOTS } from "./plan"
import { VirtualBrowser } from "./platform/browser"
import { Clock } from "./platform/clock"
import { enter } from "./platform/globals"
import { pageSeed, VirtualPage } from "./platform/page"
import { mix, mixLine, Random } from "./random"
import type { Product, Scene } from "./scene"
import type { Settings } from "./settings"

export class World implements Scene {
  readonly clock = new Clock((page, run) => enter(page as VirtualPage, run))
  readonly network: Network
  readonly backend: Backend
  readonly ledger = new Ledger()
  readonly browsers: VirtualBrowser[]
  /** The open applications, by place. */
  readonly apps: (App | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  /** All applications since the start. */
  readonly allApps: App[] = []
  /** The first violation. */
  violation: string | undefined
  /** Whether the steps are over, so that no new fault occurs. */
  isResting = false
  /** Whether the machine slept or a page was frozen, so that locks may have been stolen. */
  hasSlept = false
  random: Random
  hash = 0
  /** Prints the trace if set. */
  print: ((line: string) => void) | undefined
  #pages = 0

  constructor(
    readonly seed: number,
    readonly settings: Settings,
    readonly product: Product,
  ) {
    this.random = new Random(mix(seed, "world"))
    this.backend = new Backend(this.clock, settings)
    this.network = new Network(this)
    const random = new Random(mix(seed, "browsers"))
    this.browsers = Array.from({ length: settings.browsers }, (_, id) => new VirtualBrowser(id, this.clock, random))
  }

  trace(line: string): void {
    this.hash = mixLine(this.hash, Math.round(this.clock.now * 1000), line)
    if (this.print) this.note(() => line)
  }

  note(line: () => string): void {
    this.print?.(`${(this.clock.now / 1000).toFixed(3).padStart(9)} ${line()}`)
  }

  fail(what: string): void {
    this.trace(`violation: ${what}`)
    this.violation ??= what
  }

  specRandom(page: number): Random {
    return new Random(mix(this.seed, "watched", page))
  }

  /** Opens a page at a place, unless it has one. */
  async open(slot: number): Promise<void> {
    const browser = this.browsers[slot % this.browsers.length] as VirtualBrowser
    if (this.apps[slot]) return
    const id = ++this.#pages
    const page = new VirtualPage(id, browser, this.clock, this.network, new Random(pageSeed(this.seed, id)))
    browser.pages.push(page)
    const app = new App(this, page)
    this.apps[slot] = app
    this.allApps.push(app)
    this.trace(`page ${id} opens`)
    await enter(page, () => app.start())
  }

  /** Closes a page, with or without a `pagehide` event. */
  async close(slot: number, isCrash: boolean): Promise<void> {
    const app = this.apps[slot]
    if (!app) return
    this.apps[slot] = undefined
    this.trace(`page ${app.page.id} goes`)
    if (!isCrash) await enter(app.page, () => app.page.tell("pagehide", { persisted: false }))
    app.page.die()
    this.network.leave(app.page)
  }

  /** Runs code within a page. */
  async within(app: App, act: () => void): Promise<void> {
    if (!app.page.isAlive) return
    app.page.happens(false)
    await enter(app.page, () => app.whenReady(act))
  }
}
