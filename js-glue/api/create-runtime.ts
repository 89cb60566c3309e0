// createRuntime: builds a runtime from the compiled core, the drivers and the facades, and disposes of it. After
// `dispose`, no callback runs, no promise is pending, and the core holds nothing of the runtime.
import { loadOffline } from "#parts"
import { ALL_PLUGINS, type CoreModule } from "../core/core-module"
import { loadCore, takeFileError } from "../core/load"
import { Pump, type PumpHost } from "../runtime/pump"
import type {
  Auth,
  NamespaceHandle,
  PluginApiOptions,
  PluginConfig,
  QueuedMutation,
  Runtime,
  RuntimeOptions,
} from "../types"
import type { Drivers } from "../types/drivers"
import { check, messageOf, RacletteError } from "../types/errors"
import { checkName } from "./base/checks"
import { Context, type Registrations } from "./base/context"
import { State, set } from "./base/state"
import { type MutationQueue, NO_QUEUE, NO_SESSION, type OfflinePart } from "./data/mutation-queue"
import { QueryRegistry } from "./data/query-registry"
import type { Session, StoredMutations } from "./data/stored-mutations"
import { BusDispatcher, createEventBus } from "./eventbus/eventbus"
import { askIdentity } from "./identity"
import { createRuntimeLog, LogWriter } from "./log"
import { checkOptions, coreOptions } from "./options"
import { createPluginApi, mainSocket, type Shared } from "./plugin-api"
import { renewAuth } from "./renew-auth"
import { Resets } from "./reset"
import { Connection } from "./socket/connection"
import { EmitRegistry } from "./socket/emits"
import { withPacketLog } from "./socket/packets-log"
import { createSocket, SocketDispatcher } from "./socket/socket"

/** The sender of the runtime's own events on the global bus. */
const RUNTIME_SENDER = "raclette"

/** Creates a runtime with the given drivers. Rejects with `WASM_LOAD_FAILED`, `BAD_CONFIG` or `BAD_PATTERN`. */
export async function assembleRuntime(options: RuntimeOptions, drivers: Drivers): Promise<Runtime> {
  checkOptions(options)
  const loading = loadCore(options.wasm)
  // A rejection is reported below, once the identity is known.
  loading.catch(() => {})
  const queue = loadQueue(options)
  const ask = () => askIdentity(options.identity)
  const identity = await ask()
  const { offline, failure } = await queue
  const open = (identity: string | undefined): Session =>
    offline ? new offline.StoredMutations(drivers.storage(identity), identity, drivers.timers) : NO_SESSION
  const stored = open(identity)
  let end = () => {}
  try {
    const core = await loading
    await stored.loaded
    const seed = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
    const { value: handle } = check(core.createRuntime(coreOptions(options, randomKey()), seed))
    end = () => core.rac_dispose(handle)
    const shared = assemble(core, handle, options, drivers, { offline, failure, stored })
    end = () => shared.context.pump.dispose()
    for (const plugin of options.plugins ?? []) addPlugin(core, handle, shared.configs, plugin)
    shared.mutations.begin(stored, (mutation) =>
      shared.queries.restore(shared.configs.get(mutation.pluginKey), mutation),
    )
    const runtime = createFacade(shared, new Resets(shared, { ask, open }))
    if (options.socket?.autoConnect !== false) runtime.connect()
    return runtime
  } catch (error) {
    end()
    // The next runtime takes over these mutations.
    await stored.loaded
    stored.close()
    throw error
  }
}

/** The part of the package for `offlineMode`, if an entity has it. `failure`: why it could not be loaded. */
interface QueuePart {
  offline?: OfflinePart
  failure?: unknown
}

async function loadQueue({ plugins = [] }: RuntimeOptions): Promise<QueuePart> {
  const configs: readonly PluginConfig[] = Array.isArray(plugins) ? plugins : []
  const isNeeded = configs.some((one) => Object.values(one?.data ?? {}).some((entity) => entity?.offlineMode === true))
  if (!isNeeded) return {}
  return loadOffline().then(
    (offline) => ({ offline }),
    (failure) => ({ failure }),
  )
}

/** The mutation queue of the runtime, and `queued`. */
function createQueue(context: Context, { offline, failure, stored }: QueuePart & { stored: Session }) {
  const queued = new State<readonly QueuedMutation[]>(Object.freeze([]))
  const failed = (detail: string, cause: unknown) =>
    context.report(new RacletteError("STORAGE_FAILED", detail, { cause }))
  if (failure) failed(messageOf(failure), failure)
  if (!offline) return { mutations: NO_QUEUE, queued }
  const { core, runtime, pump } = context
  const enter = (call: (now: number) => unknown) => {
    context.checkAlive()
    pump.enter(call)
  }
  const mutations: MutationQueue = new offline.PersistedMutations(stored as StoredMutations, {
    wallClock: () => context.timers.wallClock(),
    publish: (entries) => context.guard(() => set(queued, entries), "a subscriber of `queued`"),
    drop: (order) => enter((now) => core.rac_drop_mutation(runtime, order, now)),
    retry: (order) => enter((now) => core.rac_retry_mutation(runtime, order, now)),
    failed,
  })
  return { mutations, queued }
}

/** Without `randomUUID`, which pages that were not loaded over HTTPS lack. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

function assemble(
  core: CoreModule,
  handle: number,
  options: RuntimeOptions,
  drivers: Drivers,
  queue: QueuePart & { stored: Session },
): Shared {
  // The pump calls its host only from entries. The first entry comes after all parts exist.
  const sockets: (SocketDispatcher | undefined)[] = []
  const parts: Partial<Shared> = {}
  const whole = () => parts as Shared
  const connection = new Connection(drivers.timers)
  const host: PumpHost = {
    receivers: sockets,
    ack: (...ack) => whole().emits.ack(...ack),
    ackFailed: (...ack) => whole().emits.ackFailed(...ack),
    emitOver: (emit) => whole().emits.over(emit),
    buffered: (count, bytes) =>
      whole().context.guard(() => set(whole().emits.buffered, { count, bytes }), "a subscriber of $socket.buffered"),
    progress: (effect) => whole().context.guard(() => connection.changed(effect), "a subscriber of `connection`"),
    status: (receiver, ...status) =>
      whole().context.guard(() => receiver.setStatus(...status), "a subscriber of the connection's state"),
    queryLoading: (...loading) =>
      whole().context.guard(() => whole().queries.loading(...loading), "a subscriber of a query"),
    querySettled: (...settled) => whole().queries.settled(...settled),
    queryRetired: (...query) => whole().queries.retired(...query),
    persistMutation: (...mutation) => whole().queries.keep(...mutation),
    removeMutation: (key) => whole().mutations.forget(key),
    listenerExpired: (listener) => whole().bus.expired(listener),
    report: (code, detail) => whole().context.report(new RacletteError(code, detail)),
  }
  // Parts that may refuse their options come before the pump, which starts to watch the page.
  const log = new LogWriter(core, drivers.timers, options)
  logFileError(log)
  const write = (title: string, message?: unknown) => log.write("", title, message, 2)
  const openTransport = options.log?.packets ? withPacketLog(drivers.openTransport, write) : drivers.openTransport
  const pump = new Pump(core, handle, { ...drivers, openTransport }, options.auth, host)
  const context = new Context(pump, log, drivers.timers, options.onError)
  const bus = new BusDispatcher(context)
  const { mutations, queued } = createQueue(context, queue)
  const queries = new QueryRegistry(context, {
    mutations,
    entities: options,
    notify: options.notifications ?? true,
    announce: (sender, data) => announce(context, bus, sender, data),
    listen: (owner, pluginKey, key, listener) => {
      const { value: plugin } = core.plugin(handle, pluginKey)
      return mainSocket(whole()).listen({ owner, scope: plugin, logKey: pluginKey }, key, listener, undefined, () => {})
    },
  })
  const emits = new EmitRegistry(context, options.socket)
  sockets.push(new SocketDispatcher(context, emits, 0))
  const rest = { emits, connection, sockets, configs: new Map() }
  return Object.assign(parts, { context, bus, queries, mutations, queued, ...rest })
}

/** Logs, once per page, that it could load faster. */
function logFileError(log: LogWriter): void {
  const error = log.level >= 1 ? takeFileError() : undefined
  const title = "The embedded copy of raclette.wasm is in use. The file loads faster: see docs/bundlers.md"
  if (error !== undefined) log.write("", title, messageOf(error), 1)
}

/** Emits a notice for the snackbar. A whitelist without `ui/addToSnackbar` switches this off. */
function announce(context: Context, bus: BusDispatcher, sender: string, data: unknown): void {
  try {
    bus.emit(ALL_PLUGINS, "ui/addToSnackbar", { sender, data })
  } catch (error) {
    if (!(error instanceof RacletteError && error.code === "EVENT_NOT_ALLOWED")) context.threw(error, "a notification")
  }
}

function addPlugin(core: CoreModule, handle: number, configs: Map<string, PluginConfig>, plugin: PluginConfig): void {
  const isFunction = (value: unknown) => typeof value === "function"
  const text = JSON.stringify(plugin, (_key, value: unknown) => (isFunction(value) ? true : value))
  check(core.addPlugin(handle, text ?? "null"))
  configs.set(plugin.pluginKey, plugin)
}

/** Returns another namespace. A second call with the same name returns the same object. */
function openNamespace(shared: Shared, name: string, auth: Auth | undefined): NamespaceHandle {
  const { context, sockets, emits } = shared
  context.checkAlive()
  checkName(name, "the namespace")
  const { core, runtime, pump } = context
  const { value: nspId } = check(core.namespace(runtime, name))
  const known = sockets[nspId]
  const socket = known && !known.owner.disposed ? known : new SocketDispatcher(context, emits, nspId, name)
  sockets[nspId] = socket
  pump.join(nspId, name, auth)
  const { owner } = socket
  return Object.freeze({
    $socket: createSocket(context, socket, owner, ALL_PLUGINS, ""),
    ...connecting(context, nspId, owner),
    dispose() {
      if (nspId === 0 || owner.disposed || pump.disposed) return
      owner.dispose()
      pump.leave(nspId)
      // A subscriber to its status may have requested it again.
      if (sockets[nspId] === socket) sockets[nspId] = undefined
    },
  })
}

function connecting(context: Context, nspId: number, owner: Registrations) {
  const { pump, core, runtime } = context
  return {
    connect() {
      context.checkAlive()
      owner.checkAlive()
      pump.enter((now) => core.rac_connect(runtime, nspId, now))
    },
    disconnect() {
      context.checkAlive()
      owner.checkAlive()
      pump.enter((now) => core.rac_disconnect(runtime, nspId, now))
    },
  }
}

function createFacade(shared: Shared, resets: Resets): Runtime {
  const { context, sockets, bus, queries, mutations, queued, connection, emits } = shared
  const { pump, core, runtime } = context
  const { owner } = mainSocket(shared)
  return Object.freeze({
    usePluginApi: (plugin: string | PluginApiOptions) => createPluginApi(shared, plugin),
    $socket: createSocket(context, mainSocket(shared), owner, ALL_PLUGINS, ""),
    $eventbus: createEventBus(context, bus, owner, { bus: ALL_PLUGINS, sender: RUNTIME_SENDER, logKey: "" }),
    $log: createRuntimeLog(context.log),
    connection: connection.state,
    queued,
    of: (namespace, { auth } = {}) => openNamespace(shared, namespace, auth),
    ...connecting(context, 0, owner),
    renewAuth: () => renewAuth(shared, owner),
    reset: ({ discard = false } = {}) => resets.reset(discard),
    dispose() {
      if (pump.disposed) return
      for (const socket of sockets) {
        if (socket) pump.enter((now) => core.rac_disconnect(runtime, socket.nspId, now))
      }
      pump.dispose()
      queries.abandon()
      mutations.close()
      bus.dispose()
      emits.dispose()
      for (const socket of sockets) socket?.dispose()
    },
  } satisfies Runtime)
}
