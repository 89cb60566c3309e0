// How often a page may ask for the same: what docs/queries.md says of sharing, as rules for each request that reads.
// - Equal reads that run at the same time make one request.
// - An answer is used again for a second, unless something has changed since it was asked for. What waits for a request
//   to be over follows at once: whether that waited for credentials itself, and went out after the change, is not seen
//   here.
// - A request needs a cause. Something that happens to a page makes a query read once beyond what is under way, once
//   more to confirm what was only guessed, and once a second later where what came is in doubt. That a request failed
//   is something that happens: it may be made again, and so may the pages of a list before it. So is the answer to a
//   read at an interval, which may bring what other lists have to look for.
// What happens and what changes is counted by the page (`VirtualPage.happens`), with all that may be either.
import type { VirtualPage } from "../platform/page"
import type { Scene } from "../scene"
import type { ApiRequest } from "./api"

/** What a read says of itself in a header: it shares nothing, is made at an interval, or with other retries. */
export const READ_HEADER = "x-read"
export type ReadKind = "uncached" | "interval" | "retried" | "stream"

/** So many requests for the same one thing that happens may cause. */
const MAX_READS = 3
/** So long an answer is used again, in milliseconds. */
const REUSE = 1000

interface Read {
  open: number
  /** When it was answered last, and how much had changed when that was asked for. */
  answeredAt: number
  changes: number
  /** How much had changed when that was asked for which was answered with 401. */
  repeats: number | undefined
  /** What had happened when it was asked for last, and how often that was since then. */
  happened: number
  count: number
}

function newRead(): Read {
  return { open: 0, answeredAt: -REUSE, changes: -1, repeats: undefined, happened: -1, count: 0 }
}

export class ReadRules {
  readonly #scene: Scene
  readonly #reads = new Map<string, Read>()

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** A page asks. Returns what is told of the end: the status; 0 where there was no answer. */
  asks(page: VirtualPage, { url, headers }: ApiRequest): (status: number) => void {
    const kind = (headers[READ_HEADER] ?? "") as ReadKind | ""
    const key = `${page.id} ${url} ${kind}`
    const read = this.#reads.get(key) ?? newRead()
    this.#reads.set(key, read)
    const complaint = this.#complaintOf(read, page, kind)
    if (complaint) this.#scene.fail(`page ${page.id} asks for ${url} ${complaint}`)
    // What is repeated with another token is still the request of before.
    const changes = read.repeats ?? page.changes
    read.repeats = undefined
    read.open++
    return (status) => {
      read.open--
      if (status === 401) read.repeats = changes
      if (status === 200) Object.assign(read, { answeredAt: this.#scene.clock.now, changes })
      if (status !== 200 || kind === "interval") page.happens(false)
    }
  }

  #complaintOf(read: Read, page: VirtualPage, kind: ReadKind | ""): string | undefined {
    if (kind === "stream") return undefined
    if (read.happened !== page.happened) read.count = 0
    read.happened = page.happened
    read.count++
    const isShared = kind !== "uncached"
    if (isShared && read.open > 0) return "while it asks for it already"
    if (kind === "interval") return undefined
    if (isShared && read.count > MAX_READS) return `${read.count} times though nothing happened`
    const age = this.#scene.clock.now - read.answeredAt
    if (isShared && age > 0 && age < REUSE && read.changes === page.changes) return `again ${age} ms after the answer`
    return undefined
  }
}
