// Pages whose users change items: optimistically, with retries, or offline with a queue.
import type { Operation, Query, QueryOptions, Runtime } from "../../../js-glue"
import todoConfig from "../../../web/src/generated-config"
import { mix } from "../../simulate/random"
import type { Entry, Item, Write } from "../record"
import { refusal, type Violation } from "../violation"
import type { loadPages } from "./page"
import type { Cast, Participant } from "./person"
import { listenTo, watched } from "./readers"
import { Worker } from "./work"

const offlineConfig = { ...todoConfig, data: { todo: { ...todoConfig.data.todo, offlineMode: true } } }

/** The interval between two changes, in ms. */
const PACE = 900

interface Way {
  name: string
  config: typeof todoConfig | typeof offlineConfig
  options: QueryOptions<Item>
}

const WAYS: Way[] = [
  { name: "optimistic", config: todoConfig, options: { optimistic: true, notify: false } },
  { name: "optimistic, with retries", config: todoConfig, options: { optimistic: true, retry: 3, notify: false } },
  { name: "offline, optimistic", config: offlineConfig, options: { optimistic: true, notify: false } },
  { name: "offline", config: offlineConfig, options: { notify: false } },
]

/** The config's names of an editor's operations. */
const OPERATIONS = { create: "create", update: "update", delete: "delete", "hard delete": "deleteHard" } as const

const byAge = (a: Item, b: Item) => (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt))

type Operations = Record<(typeof OPERATIONS)[keyof typeof OPERATIONS], Operation>

/** Queued mutations are awaited without a timeout: those that remain at the end are a violation. */
class Editor {
  readonly changing = new Set<string>()
  readonly violations: Violation[] = []
  readonly #cast: Cast
  readonly #name: string
  readonly #operations: Operations
  readonly #options: QueryOptions<Item>

  /** A queued mutation must not fail. */
  readonly #waits: boolean

  constructor(cast: Cast, name: string, runtime: Runtime, { config, options }: Way) {
    this.#waits = config === offlineConfig
    this.#cast = cast
    this.#name = name
    this.#operations = runtime.usePluginApi("pacifico__todo").$data.todo as Operations
    this.#options = options
  }

  async perform(entry: Entry, write: Write): Promise<boolean> {
    const { kind, name, isCompleted } = write
    const mutation = this.#operations[OPERATIONS[kind]]<Item>({ options: this.#options })
    const own = kind === "create" ? name : (entry.id as string)
    this.changing.add(own)
    const { result, error } = await mutation.execute({
      ...(kind !== "create" && { _id: entry.id }),
      ...(kind !== "delete" && kind !== "hard delete" && { name, isCompleted }),
    })
    mutation.dispose()
    this.changing.delete(own)
    const item = result?.[0]
    if (item) this.#cast.record.answered(entry, write, item)
    else if (error && (this.#waits || isRefusal(error)))
      this.violations.push(refusal(this.#name, entry, write.kind, `${error.code} ${error.message}`))
    return item !== undefined
  }
}

/** Whether the backend refused a write. Failures that may be retried, or without a response, are no refusals. */
function isRefusal({ code, details }: { code: string; details?: unknown }): boolean {
  const { status = 0 } = (details ?? {}) as { status?: number }
  return code === "HTTP_ERROR" && status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status)
}

/** One page of each kind. They use the lines in turn, starting at `first`. */
export async function editors(
  cast: Cast,
  page: Awaited<ReturnType<typeof loadPages>>,
  first: number,
): Promise<Participant[]> {
  return Promise.all(
    WAYS.map(async (way, n) => {
      const scope = (first + n) % cast.urls.length
      const name = `editor ${first + n + 1} (${way.name})`
      const runtime = await page(name, cast.urls[scope] as string, way.config)
      const { getAll } = runtime.usePluginApi("pacifico__todo").$data.todo as Record<"getAll", Operation>
      const list: Query<Item> = getAll<Item>({ options: { live: true, immediate: true, sort: byAge } })
      const editor = new Editor(cast, name, runtime, way)
      const worker = new Worker(name, mix(cast.seed, name), cast.record, {
        pace: PACE,
        kinds: ["update", "update", "update", "delete"],
        perform: (entry, write) => editor.perform(entry, write),
      })
      return {
        name,
        scope,
        hearing: listenTo(runtime, name),
        lists: [{ ...watched(name, list, {}), changing: editor.changing }],
        violations: editor.violations,
        work: () => worker.work(),
        halt: () => worker.halt(),
        waiting: () => runtime.queued.value.length,
        dispose: () => runtime.dispose(),
      }
    }),
  )
}
