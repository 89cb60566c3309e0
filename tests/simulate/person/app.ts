// The application in a page: creates a runtime, observes queries, listens, and does the steps. It follows docs/data.md
// and docs/log-in.md as users should.
import type { Operation, PluginApi, Query, Runtime, StorageDriver, StoredMutation } from "../../../js-glue/types"
import { READ_HEADER } from "../backend/reads"
import type { EntityName, Payload, Row } from "../backend/rows"
import type { VirtualPage } from "../platform/page"
import type { Scene } from "../scene"
import { configOf, URL_OF_BACKEND, WATCH_SPECS, type WatchSpec } from "./config"
import { Credentials } from "./credentials"

/** An observed query. */
export interface Watched {
  spec: WatchSpec
  query: Query<Row>
  /** How often the page executed it. */
  executions: number
  /** Whether the user aborted its last read, so that it may be out of date. */
  isGivenUp: boolean
  /** The newest shown version of each item that it shows. */
  newest: Map<string, number>
}

type Operations = Record<"getAll" | "get" | "create" | "update" | "delete", Operation>

export class App {
  readonly watched: Watched[] = []
  /** The current user. */
  user: string
  runtime: Runtime | undefined
  api: PluginApi | undefined
  /** Errors that reached only `onError`. */
  readonly errors: { code: string; message: string }[] = []
  /** The numbers of received events, and whether some may have been missed before each. */
  readonly heard: { no: number; user: string; isAfterGap: boolean }[] = []
  /** How often the user was switched. */
  resets = 0
  #isAfterGap = true
  #last: Payload | undefined
  readonly #waiting: (() => void)[] = []

  constructor(
    readonly world: Scene,
    readonly page: VirtualPage,
  ) {
    this.user = page.browser.user
  }

  get isReady(): boolean {
    return this.runtime !== undefined
  }

  /** Creates the runtime, within the page. Earlier actions wait for it. */
  start(): void {
    const { world, page } = this
    const credentials = new Credentials(world, this)
    const { transports } = world.settings
    const options = {
      url: URL_OF_BACKEND,
      plugins: [configOf(world.settings)],
      auth: (cb: { reason?: string }) => credentials.ask(cb.reason),
      identity: () => this.user,
      wasm: world.product.wasm,
      log: { sink() {} },
      socket: { transports },
      onError: (error: { code: string; message: string }) => {
        this.errors.push(error)
        world.note(() => `${page.id} ! ${error.code} ${error.message}`)
      },
      ...(world.settings.storage === "plain" && { storage: (identity?: string) => plainStorage(this, identity) }),
    }
    const making = world.product.createRuntime(options as never) as Promise<unknown> as Promise<Runtime>
    world.ledger.promise("createRuntime", page.id, making).then(
      (runtime) => this.#begin(runtime),
      (error) => world.fail(`createRuntime rejected: ${error}`),
    )
  }

  /** Runs `work` now, or when the runtime is created. */
  whenReady(act: () => void): void {
    if (this.isReady) act()
    else this.#waiting.push(act)
  }

  operations(entity: EntityName): Operations {
    return ((this.api as PluginApi).$data as Record<string, unknown>)[entity] as Operations
  }

  execute(watched: Watched, isNext = false): void {
    watched.executions++
    watched.isGivenUp = false
    const execution = isNext ? watched.query.execute.next() : watched.query.execute()
    void this.world.ledger.promise(`${watched.spec.name} ${isNext ? "next" : "execute"}`, this.page.id, execution)
  }

  #begin(runtime: Runtime): void {
    const { world } = this
    this.page.happens(true)
    this.runtime = runtime
    this.api = runtime.usePluginApi("pacifico__todo") as PluginApi
    this.#listen(runtime)
    for (const spec of drawSpecs(world, this.page)) this.#watch(spec)
    runtime.queued.subscribe((entries) => {
      for (const { params } of entries) {
        const mutation = world.ledger.mutations.get(String(params.tag))
        if (mutation) mutation.wasQueued = true
        if (mutation && mutation.user !== this.user)
          world.fail(`${mutation.user}'s ${mutation.tag} waits as ${this.user}'s`)
      }
    })
    for (const act of this.#waiting.splice(0)) act()
  }

  #listen(runtime: Runtime): void {
    const { $socket } = runtime
    $socket.status.subscribe((status) => {
      if (status !== "connected") return
      if (!$socket.recovered.value) this.#isAfterGap = true
    })
    $socket.onAny((payload: Payload) => {
      if (payload?.no === undefined) return
      this.heard.push({ no: payload.no, user: this.user, isAfterGap: this.#isAfterGap })
      this.#isAfterGap = false
      this.#last = payload
    })
    for (const entity of ["todo", "note"]) {
      for (const what of ["Created", "Updated", "Deleted"]) {
        this.api?.$socket.on(`${entity}${what}`, (payload: Payload) => {
          if (payload !== this.#last) this.world.fail("a listener got another payload than onAny")
          for (const one of this.watched) if (one.spec.byListener && one.spec.entity === entity) this.execute(one)
        })
      }
    }
  }

  #watch(spec: WatchSpec): void {
    const operations = this.operations(spec.entity)
    const args = {
      params: spec.id === undefined ? spec.params : { _id: spec.id },
      options: { notify: false, ...spec.options },
      ...(spec.kind && { config: { headers: { [READ_HEADER]: spec.kind } } }),
    }
    const query = (spec.id === undefined ? operations.getAll : operations.get)<Row>(args as never)
    const watched: Watched = { spec, query, executions: 0, isGivenUp: false, newest: new Map() }
    this.watched.push(watched)
    query.dataArr.subscribe((items) => this.#check(watched, items))
    this.execute(watched)
  }

  /** Checks that shown items are the user's own, and no older than shown before. */
  #check({ spec, newest }: Watched, items: readonly Row[]): void {
    const { world } = this
    world.note(() => `${this.page.id} = ${spec.name}: ${items.map(({ _id, tag }) => `${_id} ${tag}`).join(", ")}`)
    // An item that is no longer shown is forgotten; a recovered session may bring its older events again.
    const ids = new Set(items.map(({ _id }) => _id))
    for (const id of newest.keys()) if (!ids.has(id)) newest.delete(id)
    for (const { _id, owner, updatedAt } of items) {
      if (spec.entity === "note" && owner !== undefined && owner !== this.user) {
        world.fail(`page ${this.page.id} of ${this.user} shows ${_id} of ${owner}`)
      }
      if (updatedAt === undefined) continue
      const version = typeof updatedAt === "number" ? updatedAt : Date.parse(updatedAt)
      if (version < (newest.get(_id) ?? 0))
        world.fail(`page ${this.page.id}: ${spec.name} went back to an older ${_id}`)
      newest.set(_id, version)
    }
  }
}

/** A minimal custom storage, shared by the pages of a browser, without knowledge of them. */
function plainStorage({ page }: App, identity = ""): StorageDriver {
  const name = `plain ${identity}`
  const records = page.browser.plain.get(name) ?? new Map<string, StoredMutation>()
  page.browser.plain.set(name, records)
  const done = <T>(work: () => T) =>
    new Promise<T>((resolve) => {
      const value = work()
      page.soon(() => resolve(value), 1)
    })
  return {
    load: () => done(() => [...records.values()].map((record) => structuredClone(record))),
    put: (record) => done(() => void records.set(record.key, structuredClone(record))),
    remove: (key) => done(() => void records.delete(key)),
    close() {},
  }
}

function drawSpecs(world: Scene, page: VirtualPage): WatchSpec[] {
  const { watched } = world.settings
  const random = world.specRandom(page.id)
  const specs = [...WATCH_SPECS]
  return Array.from({ length: watched }, () => specs.splice(random.between(0, specs.length - 1), 1)[0] as WatchSpec)
}
