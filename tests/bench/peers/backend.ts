// A backend within the page that answers at once, so that only the clients' work is measured. All contenders use its
// `fetch`.
import type { Item } from "./items"

export interface Backend {
  fetch: typeof fetch
  /** How many requests came in so far. */
  requests: number
}

/** A backend whose answer to a path is the text that `answer` gives. */
export function makeBackend(answer: (path: string) => string): Backend {
  const backend: Backend = {
    requests: 0,
    async fetch(url) {
      backend.requests++
      const text = answer(new URL(String(url)).pathname)
      const response = { ok: true, status: 200, text: async () => text, json: async () => JSON.parse(text) }
      return response as Response
    },
  }
  return backend
}

/** What a user of query-core writes as query function. */
export function reader<T = Item>(backend: Backend, path: string): () => Promise<T> {
  return async () => {
    const response = await backend.fetch(`http://bench.test${path}`)
    if (!response.ok) throw new Error(String(response.status))
    return (await response.json()) as T
  }
}
