// Limits on how often a page may request the same read, from what docs/queries.md promises about sharing:
// - Equal reads that run at the same time make one request.
// - A response is reused for a second, unless something has changed since its request. A read that waits for a request
//   in flight follows at once, even if that request itself waited for credentials and was sent after the change. A
//   response that arrives while another page of its list is read is dropped, and that list is read again after the page.
// - A request needs a cause. An event of the page lets a query read once beyond the request in flight, once more to
//   confirm a guess, and once a second later to confirm a doubtful result. A failed request is such an event: it may be
//   retried, and so may the earlier pages of its list. So is the response of an interval, which may bring items that
//   other lists have to look for.
// The page counts its events and changes (`VirtualPage.happens`), with everything that may be either.
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
  /** The page and the list that it reads, whichever part of it. */
  readonly list: string
  /** Whether it reads a part that is not the first. */
  readonly isFurther: boolean
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

function newRead(page: string, address: string): Read {
  const url = new URL(address)
  const isFurther = url.searchParams.has("offset")
  for (const name of ["limit", "offset"]) url.searchParams.delete(name)
  const list = `${page} ${url.href}`
  return { list, isFurther, open: 0, answeredAt: -REUSE, changes: -1, repeats: undefined, happened: -1, count: 0 }
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
    const read = this.#reads.get(key) ?? newRead(`${page.id} ${kind}`, url)
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
      const isShown = status === 200 && !this.#readsOn(read)
      if (isShown) Object.assign(read, { answeredAt: this.#scene.clock.now, changes })
      if (status !== 200 || kind === "interval") page.happens(false)
    }
  }

  /** Whether a further page of the same list is asked for. */
  #readsOn({ list }: Read): boolean {
    return [...this.#reads.values()].some((other) => other.list === list && other.isFurther && other.open > 0)
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
