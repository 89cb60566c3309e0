// The generated config of the model backend, and the queries that a page may observe.
import { PREFIX } from "../backend/backend"
import type { ReadKind } from "../backend/reads"
import { byName, type EntityName } from "../backend/rows"
import type { Settings } from "../settings"

export const URL_OF_BACKEND = "http://backend.test"

/** The config of the plugin, as the backend's generator writes it. */
export function configOf({ offlineTodos, offlineNotes, hasSecondChannel }: Settings) {
  const channel = (channelKey: string) => ({ channel: `${PREFIX}--${channelKey}`, channelKey, prefix: PREFIX })
  const channels = (key: string, name: string) => [channel(key), ...(hasSecondChannel ? [channel(`${name}Fancy`)] : [])]
  const operations = (name: EntityName) => ({
    getAll: { target: `/${name}/all`, method: "get", storeActionType: "dataRead" },
    get: { target: `/${name}/:_id`, method: "get", storeActionType: "dataRead" },
    create: {
      target: `/${name}`,
      method: "post",
      storeActionType: "dataCreate",
      channels: channels(`${name}Created`, name),
    },
    update: {
      target: `/${name}/:_id`,
      method: "patch",
      storeActionType: "dataUpdate",
      channels: channels(`${name}Updated`, name),
    },
    delete: {
      target: `/${name}/:_id`,
      method: "delete",
      storeActionType: "dataDelete",
      channels: channels(`${name}Deleted`, name),
    },
  })
  return {
    pluginName: "todo",
    author: "pacifico",
    pluginKey: "pacifico__todo",
    routePrefix: "",
    data: {
      todo: { type: "todo", operations: operations("todo"), offlineMode: offlineTodos },
      note: { type: "note", operations: operations("note"), offlineMode: offlineNotes },
    },
  }
}

/** A query that a page may observe. */
export interface WatchSpec {
  name: string
  entity: EntityName
  /** For a read of one item: its id. */
  id?: string
  params?: { done?: boolean; order?: "name"; limit?: number; tick?: number }
  options?: Record<string, unknown>
  /** Whether a listener of the page executes it at each event of the entity. */
  byListener?: boolean
  /** Whether it is live. */
  isLive?: boolean
  /** How its requests are shared; see `ReadKind`. Default: like all reads. */
  kind?: ReadKind
  /** Whether it has a `sort` option. */
  isSorted?: boolean
}

const live = { live: true }
const isMatch = (item: { done?: boolean }, params: { done?: boolean }) => item.done === params.done

/** The `interval` of queries that have one, in ms. */
export const INTERVAL = 7000

export const WATCH_SPECS: readonly WatchSpec[] = [
  { name: "all, by listener", entity: "todo", byListener: true },
  { name: "all, live", entity: "todo", options: live, isLive: true },
  { name: "all, at events", entity: "todo", options: { refetchOnEvent: true } },
  {
    name: "by name, live",
    entity: "todo",
    params: { order: "name" },
    options: { live: true, sort: byName },
    isLive: true,
    isSorted: true,
  },
  { name: "open, guessed", entity: "todo", params: { done: false }, options: live, isLive: true },
  {
    name: "open, matched",
    entity: "todo",
    params: { done: false },
    options: { live: true, match: isMatch },
    isLive: true,
  },
  { name: "done, at events", entity: "todo", params: { done: true }, options: { refetchOnEvent: true } },
  { name: "page, at events", entity: "todo", params: { limit: 2 }, options: { refetchOnEvent: true } },
  { name: "page, by listener", entity: "todo", params: { limit: 3 }, byListener: true },
  { name: "one, live", entity: "todo", id: "todo1", options: live, isLive: true },
  { name: "one, at events", entity: "todo", id: "todo2", options: { refetchOnEvent: true, retry: 1 }, kind: "retried" },
  { name: "own, live", entity: "note", options: live, isLive: true },
  { name: "own, at events", entity: "note", options: { refetchOnEvent: true, debounce: 30 } },
  { name: "own, by listener", entity: "note", byListener: true },
  {
    name: "all, at intervals",
    entity: "todo",
    params: { tick: 1 },
    options: { refetchInterval: INTERVAL },
    kind: "interval",
  },
  { name: "uncached, live", entity: "todo", options: { live: true, useCache: false }, isLive: true, kind: "uncached" },
]
