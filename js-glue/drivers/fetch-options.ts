// What the user wants of every request, whoever makes it: those of queries, and those of a connection that polls. What a
// request says itself goes before it.

import { messageOf } from "../types/errors"
import type { FetchOptions } from "../types/options"

/** `fetchFunction`, with `options` in each of its calls. Headers stay a plain object, by their names in lower case. */
export function withFetchOptions(fetchFunction: typeof fetch, options: FetchOptions | undefined): typeof fetch {
  if (options === undefined) return fetchFunction
  return async (url, init = {}) => {
    const { headers, ...given } = (typeof options === "function" ? await asked(options) : options) ?? {}
    const all = new Headers(headers)
    for (const [name, value] of Object.entries(init.headers ?? {})) all.set(name, value)
    return fetchFunction(url, { ...given, ...init, headers: Object.fromEntries(all) })
  }
}

async function asked(options: Extract<FetchOptions, () => unknown>): Promise<RequestInit | undefined> {
  try {
    return await options()
  } catch (error) {
    throw new Error(`\`fetchOptions\` failed: ${messageOf(error)}`)
  }
}
