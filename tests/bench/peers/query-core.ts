// query-core in its fastest configuration: no retries, no garbage collection timers, no network watching. It batches
// notifications with a timer of 0 ms; it is measured with that and with microtasks instead, which its users may choose.
// The choice is global, so each contender sets it first.
import { defaultScheduler, notifyManager, QueryClient } from "@tanstack/query-core"

/** Both ways to notify, by the name in the tables. */
export const schedulers: Record<string, typeof defaultScheduler> = {
  "query-core": defaultScheduler,
  "query-core (microtask)": queueMicrotask,
}

/** Selects the way of notifications by `name`. */
export function schedule(name: string): void {
  notifyManager.setScheduler(schedulers[name] ?? defaultScheduler)
}

export function makeClient(): QueryClient {
  const queries = {
    retry: false,
    gcTime: Number.POSITIVE_INFINITY,
    staleTime: 0,
    networkMode: "always",
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  } as const
  const client = new QueryClient({ defaultOptions: { queries } })
  client.mount()
  return client
}
