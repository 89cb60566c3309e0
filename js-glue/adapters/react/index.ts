// raclette-wasm/react: a provider and hooks for React 18 and 19. Rendering creates nothing that needs a dispose.
// Effects may run twice (StrictMode) or pause (Activity). What a component owns is disposed of when it is unmounted for
// good. Only types of raclette-wasm are imported, so the adapter works with every entry.
"use client"

import type {
  Operation,
  PluginApi,
  PluginApiOptions,
  PluginApiParams,
  QueryArgs,
  QueryOptions,
  QueryTiming,
  Ref,
  RegisteredApi,
  RegisteredKey,
  Runtime,
} from "raclette-wasm"
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useInsertionEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react"
import { notProvided, withAbsent } from "../shared/absent"
import { initialOf, onChange } from "../shared/api-shape"
import { guardedValue } from "../shared/guard"
import { askedBy, openApi } from "../shared/open-api"
import { withQuietEnd } from "../shared/quiet"
import { keyOf, sameParts } from "./by-value"
import { FollowedSignal } from "./followed-signal"
import { Life } from "./life"
import { changing, type QueryState, QueryStore } from "./query-store"

export type { QueryState }

/** Arguments of `useQuery` and `useMutation`. */
export interface UseQueryArgs<T = Record<string, unknown>> extends Omit<QueryArgs<T>, "params"> {
  /** Params of the operation; null means none. */
  params?: QueryArgs["params"] | null
}

/** Props of `RacletteProvider`. */
export interface RacletteProviderProps {
  /** The runtime from `createRuntime`. The provider does not dispose of it. */
  runtime: Runtime
  /** Default pluginKey of `usePluginApi()`. Default: none. */
  pluginKey?: string
  children?: ReactNode
}

const RacletteContext = createContext<{ runtime: Runtime; pluginKey: string | undefined } | undefined>(undefined)

/** Provides `runtime` to the components below. */
export function RacletteProvider({ runtime, pluginKey, children }: RacletteProviderProps): ReactElement {
  const value = useMemo(() => ({ runtime, pluginKey }), [runtime, pluginKey])
  return createElement(RacletteContext.Provider, { value }, children)
}

/** Returns the provided runtime. Throws if there is no provider above. */
export function useRuntime(): Runtime {
  return useProvided("useRuntime()").runtime
}

/**
 * Returns the API of one plugin, the same object at every render. It is disposed of when the component is unmounted.
 * Add listeners in effects and execute operations in handlers. To show data, use `useQuery` and `useRacletteRef`.
 *
 * @param given the pluginKey, or options like those of the runtime's `usePluginApi`. Default: the provider's pluginKey.
 * Options are compared by their members, so they may be created in place, and so may a `$log`.
 * @throws `NOT_PROVIDED` if there is no provider or no pluginKey
 */
export function usePluginApi<Key extends RegisteredKey>(
  given: Key | (PluginApiParams & { readonly pluginKey: Key }),
): RegisteredApi<Key>
export function usePluginApi<Api extends PluginApi = RegisteredApi>(given?: string | PluginApiParams): Api
export function usePluginApi(given: string | PluginApiParams = {}): PluginApi {
  const { runtime, pluginKey } = useProvided("usePluginApi()")
  const asked = askedBy(given, { runtime, pluginKey }, "give RacletteProvider a `pluginKey`")
  const options = useKept(asked.options, sameParts, "parts", "usePluginApi")
  const absent = useKept(asked.absent, sameKey, "parts", "usePluginApi")
  const log = useForwarded(asked.options.$log)
  const opened = useMemo(() => openQuietly(runtime, log ? { ...options, $log: log } : options), [runtime, options, log])
  useOwned(opened)
  return useMemo(() => withAbsent(opened.api, absent), [opened, absent])
}

/** `dispose` is for unmounting and leaves waits pending. The API's own `dispose` rejects them, as documented. */
function openQuietly(runtime: Runtime, options: PluginApiOptions): { api: PluginApi; dispose(): void } {
  const opened = openApi(runtime, options)
  let isLeft = false
  const dispose = () => {
    isLeft = true
    opened.dispose()
  }
  return { api: withQuietEnd(opened, options, () => isLeft), dispose }
}

/**
 * A read for this component: `const { dataArr, isLoading, error, execute } = useQuery($data.todo.getAll, { params })`.
 * It executes when the component is mounted and whenever `params` change by value. Until the answer, the previous data
 * stays, and `isLoading` is true from the first render with the new params. If the read fails, data of other params is
 * not shown. The result is the same object until one of its values changes. `execute(params)` merges its argument over
 * `params`.
 *
 * @param operation a read of `$data`. Another operation, `id`, `config` or options (except those of `configure`) create
 * a new query.
 * @param args arguments of the operation. `options.immediate` is true by default. `params: null` means none. Callbacks
 * may be inline.
 * @throws what the operation throws, for example `UNKNOWN_OPERATION`, and an Error for a mutation and for arguments
 * that differ at every render
 */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export function useQuery<T = any>(operation: Operation<T, true>, args: UseQueryArgs<NoInfer<T>> = {}): QueryState<T> {
  return useOperation(operation, args, true, "useQuery")
}

/** A mutation for this component: `const { execute, isLoading } = useMutation($data.todo.create)`. */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export function useMutation<T = any>(
  operation: Operation<T, false>,
  args: UseQueryArgs<NoInfer<T>> = {},
): QueryState<T> {
  return useOperation(operation, { ...args, options: { ...args.options, immediate: false } }, false, "useMutation")
}

/**
 * Returns the value of a ref of the API, for example `useRacletteRef($socket.status)`, and renders again when it
 * changes. On a server and during hydration it is the first value, for example `closed`.
 */
export function useRacletteRef<T>(ref: Ref<T>): T {
  const subscribe = useCallback(
    (changed: () => void) => {
      const stop = onChange(ref, changed)
      // React does not read again by itself when an Activity becomes visible.
      changed()
      return stop
    },
    [ref],
  )
  return useSyncExternalStore(
    subscribe,
    () => guardedValue(ref, "useRacletteRef()"),
    () => initialOf(ref),
  )
}

const timingNames = [
  ...(["active", "debounce", "notify", "refetchInterval", "refetchOnFocus", "refetchOnReconnect"] as const),
  ...(["retry", "timeout"] as const),
]

function useOperation<T>(operation: Operation, args: UseQueryArgs<T>, reads: boolean, caller: string): QueryState<T> {
  const { params, options = {}, config: { signal: given, ...config } = {}, ...rest } = args as QueryArgs
  const { immediate = true, ...settings } = options
  const { timing, others } = partedByTiming(settings)
  const kept = useKept({ ...rest, config, options: others }, sameKey, "options, config or id", caller)
  const keptTiming = useKept(timing, sameKey, "options", caller)
  const asked = useKept<object>((typeof params === "function" ? params() : params) ?? {}, sameKey, "params", caller)
  const signal = useFollowed(given ?? undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: other timing options create no new query
  const store = useMemo(
    () => new QueryStore(operation, reads, signal ? { ...kept, config: { ...kept.config, signal } } : kept, keptTiming),
    [operation, reads, kept, signal],
  )
  useOwned(store)
  useInsertionEffect(() => store.adopt(others))
  const read = () => store.read(asked, immediate)
  const state = useSyncExternalStore(store.subscribe, read, read)
  if (store.isWrong) throw new Error(wrongKind(store.name, reads))
  useEffect(() => store.configure(keptTiming), [store, keptTiming])
  useEffect(() => store.saw(asked, state))
  useEffect(() => store.ask(asked, immediate), [store, asked, immediate])
  useEffect(() => {
    store.setVisible(true)
    return () => store.setVisible(false)
  }, [store])
  return state as unknown as QueryState<T>
}

function partedByTiming(settings: QueryOptions): { timing: QueryTiming; others: QueryOptions } {
  const others = { ...settings }
  const timing: Record<string, unknown> = {}
  for (const name of timingNames) {
    if (settings[name] !== undefined) timing[name] = settings[name]
    delete others[name]
  }
  return { timing, others }
}

function wrongKind(name: string, reads: boolean): string {
  return reads
    ? `useQuery() was given ${name}, which does not read: it would be done whenever the component is shown. Use useMutation().`
    : `useMutation() was given ${name}, which reads: use useQuery(), with \`immediate: false\` to execute it yourself.`
}

function useProvided(caller: string) {
  const provided = useContext(RacletteContext)
  if (provided) return provided
  throw notProvided(`${caller} found no runtime: put <RacletteProvider runtime={runtime}> above this component.`)
}

/** React stops a component that updates itself during rendering more often, without naming the cause. */
const MAX_CHANGES = 10

/**
 * Returns the first of equal values, for dependency lists of hooks. `what` names it in the error if it differs every
 * time.
 */
function useKept<T>(value: T, isSame: (before: T, now: T) => boolean, what: string, caller: string): T {
  const [kept, keep] = useState(value)
  const changes = useRef(0)
  if (isSame(kept, value)) {
    changes.current = 0
    return kept
  }
  // React renders again at once. Only a value that differs at every render gets here again.
  if (++changes.current > MAX_CHANGES) throw new Error(changing(what, `${caller}()`))
  keep(value)
  return value
}

/** A stable signal that aborts when the signal of the latest render aborts. */
function useFollowed(given: AbortSignal | undefined): AbortSignal | undefined {
  const make = () => given && new FollowedSignal()
  const [kept, keep] = useState(make)
  const fits = given ? kept?.fits(given) : kept === undefined
  const followed = fits ? kept : make()
  if (!fits) keep(followed)
  // In an effect: aborting may change shown state.
  useEffect(() => given && followed?.follow(given), [given, followed])
  return followed?.signal
}

/** A stable function that forwards calls and members to the one of the latest render. */
function useForwarded<T extends object>(given: T | undefined): T | undefined {
  const latest = useRef(given)
  latest.current ??= given
  useInsertionEffect(() => {
    latest.current = given ?? latest.current
  })
  const [forwarded] = useState(() => {
    const current = () => latest.current as T
    return new Proxy((() => {}) as unknown as T, {
      apply: (_target, self, args) => Reflect.apply(current() as never, self, args),
      get: (_target, name) => Reflect.get(current(), name),
    })
  })
  return given && forwarded
}

const sameKey = (before: unknown, now: unknown) => keyOf(before) === keyOf(now)

/** Disposes of `owned` when the component is unmounted for good. */
function useOwned(owned: { dispose(): void }): void {
  const life = useMemo(() => new Life(owned), [owned])
  useInsertionEffect(() => life.enter(), [life])
  useEffect(() => life.begin(), [life])
}
