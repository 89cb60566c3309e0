// The API of one plugin during server-side rendering. Components are set up there but never unmounted, so nothing may
// need a dispose: listeners are ignored, and a query exists only while it executes. `immediate`, `live` and intervals
// are left to the browser.
import type { ExecuteResult, Operation, PluginApi, Query, QueryArgs, Ref } from "raclette-wasm"
import { isRef, mapOperations, overlay } from "../shared/api-shape"

/** `api` without anything that stays open after rendering. */
export function onServer(api: PluginApi): PluginApi {
  return Object.freeze({
    ...api,
    $data: mapOperations(api.$data, serverOperation),
    $socket: withoutListeners(api.$socket),
    $eventbus: withoutListeners(api.$eventbus),
  })
}

const nothing = () => () => {}

/** Replacements for functions that add listeners. Promises stay pending and hold nothing. */
const ignoring: Record<PropertyKey, unknown> = {
  on: nothing,
  once: nothing,
  onAny: nothing,
  onAnyOutgoing: nothing,
  off: () => 0,
  waitFor: () => new Promise(() => {}),
  events: () => (async function* () {})(),
}

function withoutListeners<T extends object>(target: T): T {
  return overlay(target, (name) => {
    if (Object.hasOwn(ignoring, name)) return ignoring[name]
    const member: unknown = Reflect.get(target, name)
    if (name === "global" && "global" in target) return withoutListeners(member as object)
    // Other names are channels: `$socket.<channelKey>`.
    return member === undefined || Reflect.has(target, name) ? member : ignoring
  })
}

function serverOperation(operation: Operation) {
  return (args: QueryArgs = {}) => {
    const options = { ...args.options, immediate: false, live: false, refetchInterval: 0 }
    return serverQuery(() => operation({ ...args, options }))
  }
}

/** A writable ref. */
interface Box extends Ref<unknown> {
  set(value: unknown): void
}

function makeBox(value: unknown): Box {
  const listeners = new Set<(value: unknown) => void>()
  return {
    value,
    set(next) {
      Object.assign(this, { value: next })
      for (const listener of listeners) listener(next)
    },
    subscribe(listener) {
      listeners.add(listener)
      listener(this.value)
      return () => void listeners.delete(listener)
    },
  }
}

/** A query that exists in the core only during an execution. Its last values stay for rendering. */
function serverQuery(make: () => Query): Query {
  const ended = make()
  ended.dispose()
  const boxes = new Map(
    Object.entries(ended).flatMap(([name, ref]) => (isRef(ref) ? [[name, makeBox(ref.value)]] : [])),
  )
  const underWay = new Set<Query>()
  let isDisposed = false
  let latest: Query | undefined

  const show = (query: Query) => {
    if (query !== latest) return
    for (const [name, box] of boxes) box.set((query[name as keyof Query] as Ref<unknown>).value)
  }
  const run = async (begin: (query: Query) => Promise<ExecuteResult>) => {
    if (isDisposed) return ended.execute()
    const query = make()
    latest = query
    underWay.add(query)
    const result = begin(query)
    show(query)
    await result
    show(query)
    underWay.delete(query)
    query.dispose()
    return result
  }
  const execute = (...given: Parameters<Query["execute"]>) => run((query) => query.execute(...given))
  return {
    ...ended,
    ...Object.fromEntries(boxes),
    execute: Object.assign(execute, { next: () => run((query) => query.execute.next()) }),
    abort() {
      for (const query of underWay) query.abort()
    },
    dispose() {
      isDisposed = true
      for (const query of underWay) query.dispose()
    },
  }
}
