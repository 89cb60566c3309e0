// The checks of a run: whether it has come to rest, and whether the result is right. Each message says what is wrong;
// README.md lists what must hold.
import type { RacletteError } from "../../js-glue"
import type { Row } from "./backend/rows"
import type { App, Watched } from "./person/app"
import { INTERVAL } from "./person/config"
import type { Mutation } from "./person/ledger"
import type { World } from "./world"

const apps = (world: World) => world.apps.filter((app) => app !== undefined)

/** Why the run is not at rest; undefined if it is. */
export function findUnrest(world: World): string | undefined {
  for (const app of apps(world)) {
    if (app.page.awakeAt > world.clock.now) return `page ${app.page.id} sleeps`
    if (!app.isReady) return `page ${app.page.id} has no runtime`
    const status = app.runtime?.$socket.status.value
    if (status !== "connected") return `page ${app.page.id} is ${status}`
    if (app.page.requests.size > 0) return `page ${app.page.id} has requests`
    if (app.runtime?.queued.value.length !== 0) return `page ${app.page.id} has mutations that wait`
    const loading = app.watched.find(({ query }) => query.isLoading.value)
    if (loading) return `page ${app.page.id} loads ${loading.spec.name}`
  }
  const open = world.ledger.promised.find(
    ({ page, isOver, what }) => !isOver && isOpen(world, page) && what !== "waitFor",
  )
  return open && `page ${open.page} waits for ${open.what}`
}

function isOpen(world: World, page: number): boolean {
  return apps(world).some((app) => app.page.id === page)
}

/** Checks the shown items, before the queries are executed once more (`isRead` false) and afterwards. */
export function checkShown(world: World, isRead: boolean): void {
  for (const app of apps(world)) {
    for (const watched of app.watched) {
      if (watched.isGivenUp && !isRead) continue
      const complaint = complaintOf(app, watched, isRead)
      if (complaint) world.fail(`page ${app.page.id} of ${app.user}: ${watched.spec.name}: ${complaint}`)
    }
  }
}

function complaintOf(app: App, { spec, query }: Watched, isRead: boolean): string | undefined {
  const { rows } = app.world.backend
  const shown = query.dataArr.value
  const error = query.error.value
  if (query.isLoading.value) return "it loads"
  if (spec.id !== undefined) {
    const row = rows.find(spec.entity, app.user, spec.id)
    // It was rightly refused; the earlier items may still show.
    if (!row)
      return isRead && error?.details?.status !== 404 ? `it is gone, but ${error?.code ?? "no error"}` : undefined
    return error && !isRead ? undefined : differenceOf(shown, [row], true, error)
  }
  if (error && isRead) return `error ${error.code}: ${error.message}`
  // Transient failures were retried until nothing is behind; refusals are retried only when something happens.
  if (error && (!mayPass(error) || query.response.value === undefined)) return undefined
  const { done, order, limit } = spec.params ?? {}
  const all = rows.all(spec.entity, app.user, { done, isByName: order === "name" })
  const cap = Math.min(limit ?? Number.POSITIVE_INFINITY, app.world.settings.pageCap || Number.POSITIVE_INFINITY)
  const isPaged = Number.isFinite(cap)
  // Events and mutations may bring items beyond the pages that were read; the next read decides.
  if (isPaged && !isRead)
    return differenceOf(
      shown,
      all.filter(({ _id }) => shown.some((row) => row._id === _id)),
      false,
      undefined,
    )
  if (isPaged && shown.length < Math.min(cap, all.length)) return `${shown.length} of ${all.length} rows`
  const isInOrder = isRead || !spec.isLive || spec.isSorted === true
  return differenceOf(shown, isPaged ? all.slice(0, shown.length) : all, isInOrder, undefined)
}

/** Whether a query shows a failure that it retries by itself. */
export function isAnyDue(world: World): boolean {
  return apps(world).some(({ watched }) => watched.some(({ query: { error } }) => error.value && mayPass(error.value)))
}

/** Whether an outdated read is retried by itself after this failure. */
function mayPass({ code, details }: RacletteError): boolean {
  const status = Number(details?.status ?? 0)
  return ["NETWORK_ERROR", "REQUEST_TIMEOUT"].includes(code) || [408, 429].includes(status) || status >= 500
}

function differenceOf(
  shown: readonly Row[],
  rows: readonly Row[],
  isInOrder: boolean,
  error: unknown,
): string | undefined {
  const print = (list: readonly Row[]) => {
    const texts = list.map(({ _id, name, done, tag, updatedAt }) => JSON.stringify([_id, name, done, tag, updatedAt]))
    return isInOrder ? texts : texts.sort()
  }
  const [is, should] = [print(shown), print(rows)]
  if (is.join() === should.join()) return undefined
  const tooMuch = is.filter((text) => !should.includes(text))
  const missing = should.filter((text) => !is.includes(text))
  if (tooMuch.length + missing.length === 0) return `the order is ${is.join(" ")} instead of ${should.join(" ")}`
  return `shows ${tooMuch.join(" ") || "nothing"} instead of ${missing.join(" ") || "nothing"}${error ? `, ${error}` : ""}`
}

/** Checks that mutations were done as often as they should, and in order. */
export function checkMutations(world: World): void {
  const done = new Map<string, number>()
  for (const { tag, status } of world.backend.api.deeds) if (status < 300) done.set(tag, (done.get(tag) ?? 0) + 1)
  for (const mutation of world.ledger.mutations.values()) {
    const complaint = complaintOfMutation(world, mutation, done.get(mutation.tag) ?? 0)
    if (complaint) world.fail(`${mutation.tag}: ${complaint}`)
  }
  checkOrder(world)
  checkStored(world)
}

function complaintOfMutation(world: World, mutation: Mutation, count: number): string | undefined {
  const { outcome, isKeyed, isOffline, wasQueued, wasDropped } = mutation
  const attempts = world.network.requests.filter(({ tag }) => tag === mutation.tag)
  if (isKeyed && count > 1) return `done ${count} times in spite of its key`
  const twice = attempts.filter(({ fate }) => fate === "twice").length
  if (count > attempts.length + twice) return `done ${count} times by ${attempts.length} requests`
  if (outcome?.code === "OK" && count === 0) return "it succeeded and was not done"
  const { deeds } = world.backend.api
  const gotRefusal = attempts.some(({ fate }) => fate === "refused")
  const wasRefused = gotRefusal || deeds.some(({ tag, status }) => tag === mutation.tag && status >= 400)
  if (outcome?.code === "HTTP_ERROR" && [400, 404, 409, 422].includes(outcome.status ?? 0) && !wasRefused) {
    return `told of a ${outcome.status} that the backend never gave`
  }
  // A 500, or a 4xx with JSON, comes from the backend itself, whichever page got it.
  const isRefused = wasRefused || attempts.some(({ fate }) => fate === "fault")
  if (isOffline && wasQueued && !wasDropped && outcome?.code !== "ABORTED" && count === 0 && !isRefused) {
    return `it waited for the network and was never done, ${outcome?.code ?? "without an outcome"}`
  }
  return undefined
}

/** Checks that queued mutations of one page and user are done in the order of their creation. */
function checkOrder(world: World): void {
  const last = new Map<string, number>()
  const seen = new Set<string>()
  // A fault or a drop ends a mutation for its page. If the page is reloaded before that is stored, the mutation is made
  // again, and the backend has no answer of before.
  const failed = new Set(world.network.requests.filter(({ fate }) => fate === "fault").map(({ tag }) => tag))
  for (const { tag } of world.backend.api.deeds) {
    const mutation = world.ledger.mutations.get(tag)
    if (!mutation?.isOffline || mutation.wasDropped || seen.has(tag) || failed.has(tag)) continue
    seen.add(tag)
    const index = Number(tag.slice(1))
    const line = `${mutation.page} ${mutation.session}`
    if (index < (last.get(line) ?? -1)) world.fail(`${tag} was done after m${last.get(line)}, which was made later`)
    last.set(line, index)
  }
}

function checkStored(world: World): void {
  for (const browser of world.browsers) {
    const stored = browser.databases.contents().flatMap(({ values }) => values)
    const plain = [...browser.plain.values()].flatMap((records) => [...records.values()])
    const left = [...stored, ...plain].map((value) => JSON.stringify(value))
    if (left.length > 0) world.fail(`${left.length} mutations are left in the storage: ${left[0]}`)
  }
}

/** Checks that events arrived in order, with gaps only where the session was lost. */
export function checkHeard(world: World): void {
  const rooms = (user: string) => ["all", `user:${user}`]
  for (const app of world.allApps) {
    let last: App["heard"][number] | undefined
    for (const event of app.heard) {
      const before = last
      last = event
      if (!before || before.user !== event.user) continue
      if (event.no === before.no && world.settings.repeatsEvents) continue
      if (event.no <= before.no) {
        world.fail(`page ${app.page.id} heard event ${event.no} after ${before.no}`)
      }
      if (event.isAfterGap) continue
      const between = world.backend.sockets.sent.slice(before.no, event.no - 1)
      const missed = between.filter(({ room }) => rooms(app.user).includes(room) && app.user === event.user)
      if (missed.length > 0) world.fail(`page ${app.page.id} missed event ${missed[0]?.no} before ${event.no}`)
    }
  }
}

/** Checks that emits arrived at most once, plain ones in order, and that every acknowledged emit arrived. */
export function checkEmits(world: World): void {
  const counts = new Map<string, number>()
  const last = new Map<number, number>()
  for (const { args } of world.backend.sockets.heard) {
    const emit = world.ledger.emits.get(String(args[0]))
    if (!emit) continue
    counts.set(emit.tag, (counts.get(emit.tag) ?? 0) + 1)
    if (!emit.isPlain) continue
    const index = Number(emit.tag.slice(1))
    if (index < (last.get(emit.page) ?? -1)) world.fail(`${emit.tag} arrived after e${last.get(emit.page)}`)
    last.set(emit.page, index)
  }
  for (const { tag, isPlain, isAnswered } of world.ledger.emits.values()) {
    const count = counts.get(tag) ?? 0
    if (isPlain && count > 1) world.fail(`${tag} arrived ${count} times`)
    if (isAnswered && count === 0) world.fail(`${tag} was answered and never arrived`)
  }
  for (const app of apps(world)) {
    const count = app.runtime?.$socket.buffered.value.count ?? 0
    if (count > 0) world.fail(`page ${app.page.id} holds back ${count} emits`)
  }
}

/** Checks that each refresh token was used once, if locks were respected. */
export function checkTokens(world: World): void {
  const { stolen } = world.backend.tokens
  if (stolen.length > 0 && !world.hasSlept) world.fail(`refresh token ${stolen[0]} was used twice`)
}

/** How long a run at rest is watched for requests, in ms. */
export const IDLE_TIME = 60_000

/** Checks that queries with an interval read at it and no more often. `asked`: the requests within IDLE_TIME. */
export function checkIntervals(world: World, asked: readonly { page: object; url: string }[]): void {
  for (const app of apps(world)) {
    if (!app.watched.some(({ spec }) => spec.kind === "interval")) continue
    const own = asked.filter(({ page }) => page === app.page)
    const most = Math.max(0, ...own.map(({ url }) => own.filter((other) => other.url === url).length))
    const least = Math.floor(IDLE_TIME / INTERVAL) - 2
    if (own.length < least || most > IDLE_TIME / INTERVAL + 1) {
      world.fail(`page ${app.page.id} reads ${own.length} times in a minute instead of every ${INTERVAL} ms`)
    }
  }
}

/** Checks that nothing leaks after `dispose()`. */
export function checkDisposed(world: World): void {
  for (const { page } of apps(world)) {
    const { timers, requests, sockets, listeners } = page.held()
    const shared = page.browser.heldBy(page)
    if (timers + requests + sockets + listeners + shared === 0) continue
    const what = `${timers} timers, ${requests} requests, ${sockets} sockets, ${listeners} listeners, ${shared} locks`
    world.fail(`page ${page.id} holds ${what} after dispose`)
  }
  const open = world.ledger.promised.find(({ page, isOver }) => !isOver && isOpen(world, page))
  if (open) world.fail(`page ${open.page} still waits for ${open.what} after dispose`)
}
