// TanStack Query's hooks without a framework. Each observes until the end of the test, and its result reads like the
// component's next rendering. The tests of migration pages use them.
import {
  environmentManager,
  focusManager,
  InfiniteQueryObserver,
  type InfiniteQueryObserverOptions,
  MutationObserver,
  type MutationObserverOptions,
  QueryClient,
  QueryObserver,
  type QueryObserverOptions,
} from "@tanstack/query-core"

interface Observer<Result> {
  subscribe(listener: () => void): () => void
  getCurrentResult(): Result
}

/** A client without retries, its hooks, and a function that disposes of everything. */
export function makeHooks() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  client.mount()
  // Without `window` it assumes a server, where it neither retries nor polls.
  environmentManager.setIsServer(() => false)
  const ends: (() => void)[] = []

  function watched<Result extends object>(observer: Observer<Result>): Result {
    ends.push(observer.subscribe(() => {}))
    return new Proxy({} as Result, { get: (_none, name) => Reflect.get(observer.getCurrentResult(), name) })
  }

  function useMutation<Data, Variables, Context = unknown>(
    options: MutationObserverOptions<Data, Error, Variables, Context>,
  ) {
    const observer = new MutationObserver(client, options)
    const { mutate } = observer
    const quiet: (...args: Parameters<typeof mutate>) => void = (...args) => void mutate(...args).catch(() => {})
    return { mutate: quiet, mutateAsync: mutate }
  }

  return {
    queryClient: client,
    useQuery: <Data, Shown = Data>(options: QueryObserverOptions<Data, Error, Shown>) =>
      watched(new QueryObserver(client, options)),
    useInfiniteQuery: <Data>(options: InfiniteQueryObserverOptions<Data, Error, { pages: Data[] }, string[], number>) =>
      watched(new InfiniteQueryObserver(client, options as never)),
    useMutation,
    /** Simulates that the page loses and regains the focus. */
    focus() {
      focusManager.setFocused(false)
      focusManager.setFocused(true)
    },
    end() {
      for (const end of ends) end()
      client.clear()
      client.unmount()
    },
  }
}
