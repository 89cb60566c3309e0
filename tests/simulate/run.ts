// One run: the steps, then rest, then the checks. It has the same result whenever it is repeated.

import { become, misfortunes, repair } from "./misfortune"
import * as oracle from "./oracle"
import { acts } from "./person/acts"
import { drawPlan, isFault, type Step } from "./plan"
import { enter } from "./platform/globals"
import { mix, Random } from "./random"
import type { Product } from "./scene"
import { drawSettings } from "./settings"
import { World } from "./world"

export interface Result {
  seed: number
  steps: Step[]
  violation: string | undefined
  /** The hash of the trace. */
  hash: number
  simulated: number
  /** The number of events. */
  count: number
}

export interface RunOptions {
  /** The steps of the seed to run. Default: all. */
  only?: ReadonlySet<number>
  length?: number
  print?: (line: string) => void
}

/** How long a run may take to come to rest, in ms. */
const REST_TIMEOUT = 400_000

export async function run(seed: number, product: Product, options: RunOptions = {}): Promise<Result> {
  const { only, length = 200, print } = options
  const settings = drawSettings(seed)
  const steps = drawPlan(seed, length, settings).filter(({ index }) => only === undefined || only.has(index))
  const world = new World(seed, settings, product)
  world.print = print
  print?.(JSON.stringify(settings))
  await play(world, steps)
  if (!world.violation) await rest(world)
  if (!world.violation && settings.commutes) await compare(world, steps, product)
  await clear(world)
  const { violation, hash, clock } = world
  return { seed, steps, violation, hash, simulated: clock.now, count: clock.count }
}

async function play(world: World, steps: readonly Step[]): Promise<void> {
  await world.open(0)
  await world.clock.runUntil(world.clock.now + 500)
  for (const step of steps) {
    world.random = new Random(mix(world.seed, "step", step.index))
    world.trace(`${step.index} ${step.kind} ${step.slot} ${step.n}`)
    await perform(world, step)
    await world.clock.runUntil(world.clock.now + step.wait)
    if (world.violation) return
  }
}

async function perform(world: World, step: Step): Promise<void> {
  const { kind } = step
  // A storage without knowledge of other pages supports only one page per browser.
  const slot = world.settings.storage === "plain" ? step.slot % world.browsers.length : step.slot
  if (kind === "open") return world.open(slot)
  const isMisfortune = kind in misfortunes
  if (!isMisfortune && world.settings.commutes) await world.open(slot)
  const app = world.apps[slot]
  if (isMisfortune) return misfortunes[kind as keyof typeof misfortunes](world, { ...step, slot }, app)
  // The user cannot act in a frozen page.
  if (!app || app.page.awakeAt > world.clock.now) {
    if (world.settings.commutes && app)
      app.page.soon(() => app.whenReady(() => acts[kind as keyof typeof acts](app, step)))
    return
  }
  await world.within(app, () => acts[kind as keyof typeof acts](app, step))
}

async function rest(world: World): Promise<void> {
  await repair(world)
  for (let slot = 0; slot < world.browsers.length; slot++) await world.open(slot)
  await settle(world)
  if (world.violation) return
  await bringBackUsers(world)
  oracle.checkShown(world, false)
  for (const app of world.apps) {
    const readAll = () => {
      for (const watched of app?.watched ?? []) app?.execute(watched)
    }
    if (app) await world.within(app, readAll)
  }
  await settle(world)
  if (world.violation) return
  oracle.checkShown(world, true)
  oracle.checkMutations(world)
  oracle.checkHeard(world)
  oracle.checkEmits(world)
  oracle.checkTokens(world)
  await checkQuiet(world)
}

/** Runs until the world is at rest, with a timeout. A read may be retried only after 45 s. */
async function settle(world: World): Promise<void> {
  const end = world.clock.now + REST_TIMEOUT
  let reason: string | undefined = "nothing"
  let quiet = 0
  while (quiet < (oracle.isAnyDue(world) ? 25 : 5)) {
    await world.clock.runUntil(world.clock.now + 2000)
    reason = oracle.findUnrest(world)
    quiet = reason === undefined ? quiet + 1 : 0
    if (world.violation) return
    if (world.clock.now > end) return world.fail(`it does not come to rest: ${reason}`)
    if (reason) for (const app of world.apps) if (app?.isReady) await reconnect(world, app)
  }
}

/** Logs users in again whose login was refused. */
async function reconnect(world: World, app: NonNullable<World["apps"][number]>): Promise<void> {
  if (app.runtime?.$socket.status.value === "rejected") await world.within(app, () => app.runtime?.connect())
}

/** Logs absent users in again, so that their queued mutations are sent. */
async function bringBackUsers(world: World): Promise<void> {
  for (const browser of world.browsers) {
    for (const user of ["anna", "bert"]) {
      const left = browser.databases
        .contents()
        .filter(({ database, values }) => database.endsWith(user) && values.length > 0)
      const plain = [...browser.plain].filter(([name, records]) => name.endsWith(user) && records.size > 0)
      if (left.length + plain.length === 0 || browser.user === user) continue
      await become(world, browser, user)
      await settle(world)
    }
  }
}

/** Checks that a world at rest makes no requests. */
async function checkQuiet(world: World): Promise<void> {
  const before = world.network.requests.length
  await world.clock.runUntil(world.clock.now + oracle.IDLE_TIME)
  const asked = world.network.requests.slice(before).filter(({ url }) => !url.includes("/auth/"))
  const first = asked.find(({ url }) => !url.includes("tick="))
  if (first) world.fail(`page ${first.page.id} asks for ${first.url} though nothing happens`)
  oracle.checkIntervals(world, asked)
}

/** Checks that the same run without faults ends with the same rows. */
async function compare(world: World, steps: readonly Step[], product: Product): Promise<void> {
  const calm = new World(world.seed, world.settings, product)
  calm.print = world.print
  await play(
    calm,
    steps.filter((step) => !isFault(step)),
  )
  if (!calm.violation) {
    await repair(calm)
    await settle(calm)
  }
  await clear(calm)
  world.trace(`without faults: ${calm.hash}`)
  if (calm.violation) return world.fail(`without faults: ${calm.violation}`)
  const rowsOf = ({ backend }: World) => {
    const own = backend.rows.all("todo", "anna").filter(({ _id }) => _id.startsWith("c"))
    return own.map(({ _id, name, done }) => JSON.stringify([_id, name, done])).sort()
  }
  const [is, should] = [rowsOf(world), rowsOf(calm)]
  const difference = [...is.filter((row) => !should.includes(row)), ...should.filter((row) => !is.includes(row))]
  if (difference.length > 0) world.fail(`it would have ended otherwise without faults: ${difference.join(" ")}`)
}

/**
 * Disposes of all runtimes, and checks for leaks. Runtimes of dead pages are freed last: a real page takes its instance
 * of the core with it, but here it is shared, and leftovers would slow down later runs.
 */
async function clear(world: World): Promise<void> {
  for (const app of world.apps) if (app?.isReady) await enter(app.page, () => app.runtime?.dispose())
  await world.clock.runUntil(world.clock.now + 1000)
  if (!world.violation) oracle.checkDisposed(world)
  for (const app of world.apps) app?.page.die()
  for (const app of world.allApps) if (!world.apps.includes(app)) await enter(app.page, () => app.runtime?.dispose())
}
