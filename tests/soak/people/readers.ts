// Pages that show lists, with each way of keeping them fresh, over each transport.
import type { Operation, Query, QueryArgs, Runtime, SocketOptions } from "../../../js-glue"
import todoConfig from "../../../web/src/generated-config"
import { Hearing } from "../hearing"
import type { Watched } from "../history"
import type { Item } from "../record"
import type { loadPages } from "./page"
import type { Cast, Participant } from "./person"

type Transports = NonNullable<SocketOptions["transports"]>

const WEBSOCKET: Transports = ["websocket"]
const POLLING: Transports = ["polling"]
const UPGRADE: Transports = ["polling", "websocket"]

/** Oldest first, like the backend's lists. */
const byAge = (a: Item, b: Item) => (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt))

interface Pattern {
  name: string
  transports?: Transports
  /** Whether it has no connection for events. */
  isDeaf?: boolean
  args: QueryArgs<Item>
  includes?(row: Item): boolean
  isUnordered?: boolean
  isPaged?: boolean
  /** What the page does besides showing the list. */
  follow?(runtime: Runtime, list: Query<Item>): void
}

const isOpen = ({ isCompleted }: Item) => !isCompleted
const isDone = ({ isCompleted }: Item) => isCompleted

const PATTERNS: Pattern[] = [
  { name: "live", transports: WEBSOCKET, args: { options: { live: true, immediate: true, sort: byAge } } },
  { name: "live, polling", transports: POLLING, args: { options: { live: true, immediate: true, sort: byAge } } },
  { name: "live, upgraded", transports: UPGRADE, args: { options: { live: true, immediate: true, sort: byAge } } },
  { name: "live without sort", args: { options: { live: true, immediate: true } }, isUnordered: true },
  {
    name: "live, by match",
    transports: WEBSOCKET,
    args: { params: { isCompleted: false }, options: { live: true, immediate: true, match: isOpen, sort: byAge } },
    includes: isOpen,
  },
  {
    name: "live, by a guess",
    args: { params: { isCompleted: true }, options: { live: true, immediate: true, sort: byAge } },
    includes: isDone,
  },
  { name: "by listener", args: { options: { immediate: true } }, follow: executeAtEvents },
  {
    name: "by listener, polling",
    transports: POLLING,
    args: { options: { immediate: true } },
    follow: executeAtEvents,
  },
  {
    name: "at events, upgraded",
    transports: UPGRADE,
    args: { params: { isCompleted: false }, options: { immediate: true, refetchOnEvent: true } },
    includes: isOpen,
  },
  {
    name: "page by page",
    args: { params: { limit: 10 }, options: { immediate: true, refetchOnEvent: true } },
    isPaged: true,
    follow: readOn,
  },
  { name: "at an interval", isDeaf: true, args: { options: { immediate: true, refetchInterval: 2500 } } },
]

/** As in README. */
function executeAtEvents(runtime: Runtime, list: Query<Item>): void {
  const { $socket } = runtime.usePluginApi("pacifico__todo")
  for (const key of ["todoCreated", "todoUpdated", "todoDeleted"]) $socket.on(key, () => list.execute())
}

/** Reads all pages. */
function readOn(_runtime: Runtime, list: Query<Item>): void {
  list.hasMore.subscribe((hasMore) => {
    if (hasMore) queueMicrotask(() => list.execute.next())
  })
}

/** Records a runtime's events and reported gaps. */
export function listenTo(runtime: Runtime, name: string): Hearing {
  const hearing = new Hearing(name)
  const { $socket } = runtime.usePluginApi("pacifico__todo")
  $socket.onAny((payload, { channelKey, prefix }) => {
    if (prefix !== "") hearing.hear(channelKey, payload)
  })
  $socket.status.subscribe((status) => {
    if (status === "connected") hearing.connected($socket.recovered.value)
    else hearing.lost()
  })
  return hearing
}

/** A list for the checks. */
export function watched(
  name: string,
  list: Query<Item>,
  { includes, isUnordered, isPaged }: Partial<Pattern>,
): Watched {
  return {
    name,
    includes: includes ?? (() => true),
    shown: () => (list.response.value === undefined ? undefined : list.dataArr.value),
    isPaged: isPaged ?? false,
    isOrdered: !isUnordered,
  }
}

/** One page of each pattern. They use the lines in turn, starting at `first`. */
export async function readers(
  cast: Cast,
  page: Awaited<ReturnType<typeof loadPages>>,
  first: number,
): Promise<Participant[]> {
  return Promise.all(
    PATTERNS.map(async (pattern, n) => {
      const scope = (first + n) % cast.urls.length
      const name = `reader ${first + n + 1} (${pattern.name})`
      const socket = { ...(pattern.transports && { transports: pattern.transports }), autoConnect: !pattern.isDeaf }
      const runtime = await page(name, cast.urls[scope] as string, todoConfig, socket)
      const hearing = pattern.isDeaf ? undefined : listenTo(runtime, name)
      const { getAll } = runtime.usePluginApi("pacifico__todo").$data.todo as Record<"getAll", Operation>
      const list: Query<Item> = getAll<Item>(pattern.args)
      pattern.follow?.(runtime, list)
      const lists = [watched(name, list, pattern)]
      return { name, scope, lists, ...(hearing && { hearing }), dispose: () => runtime.dispose() }
    }),
  )
}
