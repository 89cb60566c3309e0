// query-core at its best for what is measured: no retries, no clean-up timers, no network watching. Its notifications
// are batched by a timer of 0 ms; that is shown as it is, and with microtasks in the timer's place, as its users may
// choose. The choice is one for the whole page, so whoever is at work makes it first.
import { defaultScheduler, notifyManager, QueryClient } from "@tanstack/query-core"

/** Both ways to notify, by the name in the tables. */
export const schedulers: Record<string, typeof defaultScheduler> = {
  "query-core": defaultScheduler,
  "query-core (microtask)": queueMicrotask,
}

/** From now on notifications come as `name` says. */
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
