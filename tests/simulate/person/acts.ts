// A user's actions in a page, one function for each kind of step. They choose among what exists at the time.

import { READ_HEADER } from "../backend/reads"
import type { EntityName } from "../backend/rows"
import type { Act, Step } from "../plan"
import type { App } from "./app"
import type { Mutation } from "./ledger"

type Perform = (app: App, step: Step) => void

const pick = <T>(list: readonly T[], n: number) => list[n % Math.max(list.length, 1)] as T | undefined

/** The entity of a step: mostly todos. */
const entityOf = ({ n }: Step): EntityName => (n % 4 === 0 ? "note" : "todo")

export const acts: Record<Exclude<Act, "open" | "others">, Perform> = {
  read: (app, { n }) => {
    const watched = pick(app.watched, n)
    if (watched) app.execute(watched)
  },
  next: (app, { n }) => {
    const lists = app.watched.filter(({ spec }) => spec.params?.limit !== undefined || app.world.settings.pageCap > 0)
    const watched = pick(
      lists.filter(({ spec }) => spec.id === undefined),
      n,
    )
    if (watched) app.execute(watched, true)
  },
  create: (app, step) => {
    const { hasOwnIds } = app.world.settings
    const name = step.n % 13 === 0 ? `bad ${step.index}` : `n${step.n % 50}`
    const own = hasOwnIds ? { _id: `c${step.index}` } : {}
    mutate(app, step, "create", { ...own, name, done: step.n % 3 === 0 })
  },
  update: (app, step) => {
    const _id = targetOf(app, step)
    if (_id === undefined) return
    const change = step.n % 3 === 0 ? { done: step.n % 2 === 0 } : { name: `u${step.n % 50}` }
    mutate(app, step, "update", { _id, ...(step.n % 17 === 0 ? { name: "bad" } : change) })
  },
  delete: (app, step) => {
    const _id = targetOf(app, step)
    if (_id !== undefined) mutate(app, step, "delete", { _id })
  },
  emit: (app, { index }) => {
    app.world.ledger.emits.set(`e${index}`, { tag: `e${index}`, page: app.page.id, isPlain: true, isAnswered: false })
    app.api?.$socket.emit("say", `e${index}`)
  },
  ask: (app, { index, n }) => {
    const { ledger } = app.world
    const retries = n % 3 === 0 ? 2 : 0
    const emit = { tag: `e${index}`, page: app.page.id, isPlain: false, isAnswered: false }
    ledger.emits.set(emit.tag, emit)
    const socket = app.api?.$socket
    const sending = retries > 0 ? socket?.sending({ retries, timeout: 2000, id: true, ordered: n % 2 === 0 }) : socket
    const asked = sending?.emitWithAck(n % 7 === 0 ? "silence" : "ask", emit.tag) as Promise<unknown>
    const limited = n % 7 === 0 && retries === 0 ? undefined : asked
    if (limited) ledger.promise(`ask ${emit.tag}`, app.page.id, limited)
    asked.then(
      () => {
        emit.isAnswered = true
      },
      () => {},
    )
  },
  wait: (app, { n }) => {
    const waiting = app.api?.$socket.waitFor("todoCreated", { timeout: 1 + (n % 20_000) }) as Promise<unknown>
    app.world.ledger.promise("waitFor", app.page.id, waiting).catch(() => {})
  },
  abort: (app, { n }) => {
    const watched = pick(app.watched, n)
    if (!watched) return
    watched.isGivenUp = true
    watched.query.abort()
  },
  glance: (app, step) => {
    const { n } = step
    if (n % 5 === 2) return stream(app, step)
    const ids = app.world.backend.rows.all("todo", app.user).map(({ _id }) => _id)
    const _id = pick(ids, n) ?? "none"
    const query = app.operations("todo").get({ params: { _id } })
    const glance = app.world.ledger.promise("glance", app.page.id, query.execute())
    if (n % 3 === 0) query.dispose()
    else void glance.then(() => query.dispose())
  },
  renew: (app) => {
    const renewing = app.runtime?.renewAuth() as Promise<boolean>
    app.world.ledger.promise("renewAuth", app.page.id, renewing).catch(() => {})
  },
  leave: (app) => app.runtime?.disconnect(),
  join: (app) => app.runtime?.connect(),
  "try queued": (app, { n }) => pick(app.runtime?.queued.value ?? [], n)?.retry(),
  "drop queued": (app, { n }) => {
    const entry = pick(app.runtime?.queued.value ?? [], n)
    const mutation = app.world.ledger.mutations.get(String(entry?.params.tag))
    if (mutation) mutation.wasDropped = true
    // Also between two attempts, of which the first may have been done.
    if (entry) app.page.happens(true)
    entry?.drop()
  },
  hide: (app) => {
    app.page.isVisible = false
    app.page.tell("visibilitychange")
  },
  show: (app) => show(app),
}

export function show({ page }: App): void {
  if (page.isVisible) return
  page.isVisible = true
  page.tell("visibilitychange")
}

/** The row to change: the step's own if mutations commute, else any of the backend's. */
function targetOf(app: App, step: Step): string | undefined {
  const { settings, backend } = app.world
  if (settings.commutes) return step.target === undefined ? undefined : `c${step.target}`
  return pick(backend.rows.all(entityOf(step), app.user), step.n)?._id
}

function mutate(app: App, step: Step, operation: "create" | "update" | "delete", params: object): void {
  const { settings, ledger, clock } = app.world
  const entity = settings.commutes ? "todo" : entityOf(step)
  const isOffline = entity === "todo" ? settings.offlineTodos : settings.offlineNotes
  const retry = step.n % 5 === 0 ? 2 : 0
  const tag = `m${step.index}`
  const mutation: Mutation = {
    tag,
    page: app.page.id,
    session: app.resets,
    user: app.user,
    isOffline,
    isKeyed: isOffline || retry > 0,
    wasQueued: false,
    wasDropped: false,
    outcome: undefined,
  }
  ledger.mutations.set(tag, mutation)
  const options = { optimistic: step.n % 2 === 0, retry, notify: step.n % 7 === 0 }
  const { _id, ...fields } = params as Record<string, unknown>
  const isUpload = operation === "update" && step.n % 23 < 3
  const form = new URLSearchParams({ ...(fields as Record<string, string>), tag })
  const query = app.operations(entity)[operation](isUpload ? { params: { _id }, options } : { options })
  const execution = isUpload ? query.execute(form) : query.execute({ ...params, tag })
  void ledger.promise(`${operation} ${tag}`, app.page.id, execution).then(({ error }) => {
    mutation.outcome = { code: error?.code ?? "OK", status: error?.details?.status as number | undefined }
    app.world.trace(`${tag} ${mutation.outcome.code} ${mutation.outcome.status} at ${Math.round(clock.now)}`)
    if (step.n % 11 === 0) query.dispose()
  })
}

/**
 * Reads a list as a stream, to its end or not: it ends whole, or with an error. What a portal says is a stream as well.
 */
function stream(app: App, { n }: Step): void {
  const { world, page } = app
  const config = { headers: { [READ_HEADER]: "stream" } }
  const query = app.operations("todo").getAll({ options: { responseType: "stream" }, config } as never)
  const read = async () => {
    const { response, error } = await query.execute()
    if (error || !(response instanceof ReadableStream)) return
    const text = await textOf(response, () => n % 3 === 0 && query.abort()).catch(() => undefined)
    if (text?.startsWith("{") && !text.endsWith("}")) world.fail(`page ${page.id}: a stream ended in the middle`)
    query.dispose()
  }
  void world.ledger.promise("stream", page.id, read())
}

async function textOf(stream: ReadableStream<Uint8Array>, atChunk: () => void): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    atChunk()
  }
  return text
}
