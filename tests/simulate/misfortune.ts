// What goes wrong: one function for each kind of step, concerning the network, the backend, the machine, the browser or
// its pages. Also what other users do, which is no fault but just as unexpected.

import type { NetworkCondition } from "./backend/network"
import type { EntityName } from "./backend/rows"
import { show } from "./person/acts"
import type { App } from "./person/app"
import type { Fault, Step } from "./plan"
import type { VirtualBrowser } from "./platform/browser"
import type { World } from "./world"

type Happen = (world: World, step: Step, app: App | undefined) => void | Promise<void>

const NETWORK_CONDITIONS: readonly NetworkCondition[] = [
  "lossy",
  "lossy",
  "late",
  "twice",
  "proxy",
  "portal",
  "limit",
  "fault",
  "stormy",
  "refusing",
]
const USERS = ["anna", "bert"]

export const misfortunes: Record<Fault | "others", Happen> = {
  others,
  condition: ({ network }, { n }) => {
    network.condition = NETWORK_CONDITIONS[n % NETWORK_CONDITIONS.length] as NetworkCondition
  },
  fine: ({ network }) => {
    network.condition = "fine"
  },
  cut: ({ network }, _, app) => network.cut(app?.page, false),
  silence: ({ network }, _, app) => network.cut(app?.page, true),
  offline: (world, { slot, n }) => unplug(world, browserOf(world, slot), n % 2 === 0),
  online: (world, { slot }) => plug(browserOf(world, slot)),
  sleep: (world, { slot, n }) => {
    world.hasSlept = true
    for (const page of browserOf(world, slot).pages)
      page.awakeAt = Math.max(page.awakeAt, world.clock.now + 1000 + n * 20)
  },
  clock: (world, { slot, n }) => {
    browserOf(world, slot).wallShift += (n % 2 === 0 ? -1 : 1) * (n % 7) * 600_000
  },
  restart: ({ backend }, { n }) => backend.restart(n % 3 === 0 ? 0 : n, n % 2 === 0),
  reload: async (world, { slot, n }) => {
    if (!mayGo(world, world.apps[slot])) return
    await world.close(slot, n % 3 === 0)
    await world.open(slot)
  },
  close: async (world, { slot }) => {
    if (mayGo(world, world.apps[slot])) await world.close(slot, false)
  },
  crash: async (world, { slot }) => {
    if (mayGo(world, world.apps[slot])) await world.close(slot, true)
  },
  cache: async (world, { n }, app) => {
    if (app?.runtime?.queued.value.length !== 0 || app.page.awakeAt > world.clock.now) return
    // A page with writes in flight is not put into the back/forward cache.
    if (app.page.browser.databases.isBusy) return
    world.hasSlept = true
    await world.within(app, () => app.page.tell("pagehide", { persisted: true }))
    app.page.awakeAt = world.clock.now + 1000 + n * 10
    app.page.soon(() => app.page.tell("pageshow", { persisted: true }))
  },
  revoke: ({ backend }) => backend.tokens.revoke(),
  slow: (world, { slot, n }) => {
    browserOf(world, slot).databases.slowness = n % 2 === 0 ? 3 : 400
  },
  switch: async (world, { slot, n }) => {
    const user = USERS[n % USERS.length] as string
    await become(world, browserOf(world, slot), user, n % 5 === 0)
  },
}

/** Another user changes the rows. */
function others(world: World, { index, n }: Step): void {
  const { api, rows } = world.backend
  const entity: EntityName = n % 5 === 0 ? "note" : "todo"
  const user = n % 3 === 0 ? "bert" : "anna"
  const method = ["POST", "PATCH", "PATCH", "DELETE"][n % 4] as string
  const known = rows.all(entity, user).filter(({ _id }) => !world.settings.commutes || !_id.startsWith("c"))
  const id = known[n % Math.max(known.length, 1)]?._id
  const change = n % 2 === 0 ? { done: n % 3 === 0 } : { name: `o${n % 50}` }
  if (method !== "POST" && id === undefined) return
  const made = method === "POST" ? { name: `o${n % 50}`, done: n % 2 === 0 } : change
  api.perform(method, entity, id ?? "", { ...made, tag: `o${index}` }, user)
}

/** Switches the user of all pages of a browser, each when it is awake. */
export async function become(world: World, browser: VirtualBrowser, user: string, discards = false): Promise<void> {
  browser.user = user
  for (const app of world.apps) {
    if (app?.page.browser !== browser) continue
    app.page.soon(() => {
      const act = () => {
        if (app.user === browser.user) return
        if (discards) for (const { params } of app.runtime?.queued.value ?? []) dropped(world, String(params.tag))
        app.user = browser.user
        app.resets++
        app.page.happens(true)
        for (const one of app.watched) one.newest.clear()
        const reset = app.runtime?.reset({ discard: discards }) as Promise<unknown>
        world.ledger.promise("reset", app.page.id, reset).catch((error) => world.fail(`reset rejected: ${error}`))
      }
      app.whenReady(act)
    })
  }
}

function dropped(world: World, tag: string): void {
  const mutation = world.ledger.mutations.get(tag)
  if (mutation) mutation.wasDropped = true
}

export function browserOf(world: World, slot: number): VirtualBrowser {
  return world.browsers[slot % world.browsers.length] as VirtualBrowser
}

function unplug(world: World, browser: VirtualBrowser, isSilent: boolean): void {
  if (!browser.isOnline) return
  browser.isOnline = false
  world.network.unplug((page) => page.browser === browser, isSilent)
  for (const page of browser.pages) page.soon(() => page.tell("offline"))
}

export function plug(browser: VirtualBrowser): void {
  if (browser.isOnline) return
  browser.isOnline = true
  for (const page of browser.pages) page.soon(() => page.tell("online"))
}

/** A mutation that is not stored yet is lost with its page. If nothing may be lost, such a page stays open. */
function mayGo({ settings, ledger, clock }: World, app: App | undefined): boolean {
  if (!app || !settings.commutes) return app !== undefined
  if (!app.isReady || app.page.awakeAt > clock.now) return false
  const waiting = new Set(app.runtime?.queued.value.map(({ params }) => params.tag))
  return [...ledger.mutations.values()].every(
    ({ tag, page, outcome }) => page !== app.page.id || outcome !== undefined || waiting.has(tag),
  )
}

/** Ends all faults, and wakes and shows all pages. */
export async function repair(world: World): Promise<void> {
  world.isResting = true
  world.network.condition = "fine"
  world.network.endSilent()
  world.backend.isUp = true
  world.backend.tokens.keep()
  for (const browser of world.browsers) {
    browser.databases.slowness = 3
    plug(browser)
  }
  for (const app of world.apps) {
    if (!app) continue
    app.page.soon(() => {
      show(app)
      app.whenReady(() => app.runtime?.connect())
    })
  }
}
