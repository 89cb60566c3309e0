// The backend in memory: tables, routes, rules and sockets on one clock. It uses no globals, so a test can have several.
// Clients reach it only through `options`.
import type { PluginConfig } from "raclette-wasm"
import { Api } from "./api"
import { type Clock, MAX_DELAY, RealClock, VirtualClock } from "./clock"
import { Deliveries } from "./deliveries"
import { happened, isPayload } from "./operations"
import { type Entity, type Operation, Routes } from "./routes"
import { Rules } from "./rules"
import { Sockets } from "./sockets"
import { Storages } from "./storage"
import { copied, type Defaults, Table } from "./store"
import type {
  BackendOptions,
  BackendRequest,
  ClientOptions,
  Credentials,
  EmitHandler,
  Failure,
  Handler,
  Hold,
  ItemParts,
  Latency,
  Payload,
  TakeBack,
  TestBackend,
} from "./types"
import { webSocketOf } from "./web-socket"

/** Ping interval and timeout without pings: longer than any timer. */
const NEVER = MAX_DELAY

const known = new Set<keyof BackendOptions>([
  ...(["plugins", "items", "defaults", "paths", "url", "idKey", "versionKey"] as const),
  ...(["clock", "latency", "authorize", "recovery", "pingInterval", "pingTimeout"] as const),
])

export class Backend<Configs extends readonly PluginConfig[]> implements TestBackend<Configs> {
  readonly options: ClientOptions<Configs>
  latency: Latency
  readonly #given: BackendOptions<Configs>
  readonly #clock: Clock
  readonly #deliveries: Deliveries
  readonly #routes: Routes
  readonly #rules: Rules
  readonly #api: Api
  readonly #sockets: Sockets
  readonly #storages = new Storages()
  #tables = new Map<string, Table>()
  /** Why requests and connections fail; undefined while the backend is up. */
  #outage: string | undefined

  constructor(given: BackendOptions<Configs>) {
    checkOptions(given)
    const { url = "http://localhost", plugins, latency = 0, clock, recovery: recovers = true } = given
    const { pingInterval = NEVER, pingTimeout = given.pingInterval === undefined ? NEVER : 20_000 } = given
    this.#given = given
    this.latency = latency
    this.#clock = clock === "virtual" ? new VirtualClock() : new RealClock()
    this.#deliveries = new Deliveries(this.#clock)
    this.#routes = new Routes(plugins, given.paths)
    this.#rules = new Rules(this.#routes)
    const refusalOf = (credentials: Credentials) => this.#refusalOf(credentials)
    this.#sockets = new Sockets({
      clock: this.#clock,
      deliveries: this.#deliveries,
      heartbeat: { pingInterval, pingTimeout, sends: given.pingInterval !== undefined },
      recovers,
      isDown: () => this.#outage !== undefined,
      frameLatency: () => this.#latencyOf(),
      refusalOf,
    })
    this.#api = this.#makeApi(refusalOf)
    this.#seed()
    const WebSocket = webSocketOf(this.#sockets)
    const fetch = this.#api.fetch as unknown as typeof globalThis.fetch
    const { idKey, versionKey } = given
    const keys = { ...(idKey !== undefined && { idKey }), ...(versionKey !== undefined && { versionKey }) }
    const platform = { fetch, WebSocket, timers: this.#clock, storage: this.#storages.open }
    this.options = { ...keys, ...platform, url, plugins, socket: { transports: ["websocket"] } }
  }

  items<T>(entity: string): T[] {
    return this.#tableOf(this.#routes.entity(entity)).list({}, {}).items as T[]
  }

  async execute(operation: string, params: ItemParts = {}): Promise<Payload> {
    const found = this.#routes.operation(operation)
    await this.#entered()
    const payload = await this.#api.execute(found, copied(params))
    await this.settled()
    return payload
  }

  emit(channel: string, payload?: unknown): Promise<void> {
    const found = this.#routes.channel(channel)
    if (!this.#sockets.wasUsed) {
      throw new Error(
        `raclette-wasm/testing: no client hears "${channel}": no client has connected yet. Make the runtime first, by createRuntime(backend.options)`,
      )
    }
    this.#sockets.whenIn(() => {
      const made = isPayload(payload)
        ? undefined
        : happened(found.operation, this.#tableOf(found.operation.entity), payload)
      const sent = made ?? payload
      this.#sockets.broadcast("/", sent === undefined ? [found.channel.name] : [found.channel.name, copied(sent)])
    })
    return this.#entered().then(() => this.settled())
  }

  send(event: string, args: readonly unknown[] = [], { namespace = "/" }: { namespace?: string } = {}): Promise<void> {
    this.#sockets.whenIn(() => this.#sockets.broadcast(namespace, [event, ...copied(args)]))
    return this.#entered().then(() => this.settled())
  }

  answer(operation: string, answer: Handler | object, { times }: { times?: number } = {}): TakeBack {
    return this.#rules.answer(operation, answer, times)
  }

  fail(operation: string, failure?: Failure): TakeBack {
    return this.#rules.fail(operation, failure)
  }

  hold(operation: string): Hold {
    return this.#rules.hold(operation)
  }

  delay(operation: string, ms: number): TakeBack {
    return this.#rules.delay(operation, ms)
  }

  get requests(): readonly BackendRequest[] {
    return this.#api.requests
  }

  requestsOf(operation: string): BackendRequest[] {
    const { name } = this.#routes.operation(operation)
    return this.#api.requests.filter((request) => request.operation === name)
  }

  get emits() {
    return this.#sockets.emits
  }

  onEmit(event: string, handler: EmitHandler, { namespace }: { namespace?: string } = {}): TakeBack {
    return this.#sockets.onEmit(event, handler, namespace)
  }

  get clients(): number {
    return this.#sockets.clients
  }

  connected(): Promise<void> {
    return this.#sockets.connected()
  }

  drop(): void {
    this.#sockets.drop()
  }

  disconnect(): void {
    this.#sockets.disconnect()
  }

  silence(): void {
    this.#sockets.silence()
  }

  reject(message = "the test refuses the connection", data?: unknown): void {
    this.#sockets.rejection = { message, ...(data !== undefined && { data }) }
  }

  accept(): void {
    this.#sockets.rejection = undefined
  }

  goDown(): void {
    this.#outage ??= "the backend is down, until goUp()"
    this.#sockets.drop(true)
  }

  goUp(): void {
    this.#outage = undefined
  }

  settled(): Promise<void> {
    return this.#deliveries.settled(() => {
      const last = this.#api.requests.slice(-3).map(({ operation, method, path }) => operation ?? `${method} ${path}`)
      return `Requested last: ${last.join(", ") || "nothing"}`
    })
  }

  async advance(ms: number): Promise<void> {
    if (!(this.#clock instanceof VirtualClock)) {
      throw new Error(
        'raclette-wasm/testing: advance() moves the virtual clock: make the backend with `clock: "virtual"`, or move the timers of the test runner',
      )
    }
    await this.#clock.advance(ms, () => this.settled())
  }

  reset(): void {
    this.latency = this.#given.latency ?? 0
    this.#outage = undefined
    this.#rules.clear()
    this.#api.clear()
    this.#sockets.clear()
    this.#storages.clear()
    this.#seed()
  }

  dispose(): void {
    this.#outage = "the backend was disposed of: make another, by createBackend"
    this.#rules.clear()
    this.#sockets.drop(true)
  }

  /** Resolves when no client is connecting, or when only the passing of time, which the test controls, would end that. */
  #entered(): Promise<void> {
    const entered = new Promise<void>((resolve) => this.#sockets.whenIn(resolve))
    return this.#clock.isMoved ? Promise.race([entered, this.settled()]) : entered
  }

  #makeApi(refusalOf: (credentials: Credentials) => Promise<string | undefined>): Api {
    const outage = () => this.#outage
    return new Api({
      routes: this.#routes,
      rules: this.#rules,
      deliveries: this.#deliveries,
      base: new URL(this.#given.url ?? "", "http://localhost").pathname.replace(/\/+$/, ""),
      get outage() {
        return outage()
      },
      tableOf: (operation: Operation) => this.#tableOf(operation.entity),
      latencyOf: (request) => this.#latencyOf(request),
      refusalOf,
      commit: () => this.#sockets.commit,
      broadcast: (channel, args) => this.#sockets.broadcast("/", [channel, ...copied(args)]),
    })
  }

  #latencyOf(request?: BackendRequest): number {
    return typeof this.latency === "function" ? this.latency(request) : this.latency
  }

  async #refusalOf(credentials: Credentials): Promise<string | undefined> {
    const verdict = (await this.#given.authorize?.(credentials ?? {})) ?? true
    if (verdict === true) return undefined
    return typeof verdict === "string" ? verdict : "the test refuses these credentials"
  }

  #tableOf({ key }: Entity): Table {
    return this.#tables.get(key) as Table
  }

  #seed(): void {
    const { items = {}, defaults = {} } = this.#given
    const of = <T>(all: Partial<Record<string, T>>, { key }: Entity) => {
      const names = Object.keys(all).filter((name) => this.#routes.entity(name).key === key)
      return names.map((name) => all[name] as T)
    }
    this.#tables = new Map(
      this.#routes.entities.map((entity) => {
        const [own] = of(defaults, entity)
        return [
          entity.key,
          new Table(entity, this.#clock, this.#given, of(items, entity).flat() as ItemParts[], own as Defaults),
        ]
      }),
    )
  }
}

function checkOptions(given: BackendOptions): void {
  if (!Array.isArray(given?.plugins)) {
    throw new Error("raclette-wasm/testing: createBackend takes `plugins`, the list of generated configs")
  }
  const unknown = Object.keys(given).filter((name) => !known.has(name as keyof BackendOptions))
  if (unknown.length === 0) return
  throw new Error(
    `raclette-wasm/testing: createBackend has no option ${unknown.join(", ")}. It has: ${[...known].join(", ")}`,
  )
}
