// The user's options for all requests: those of queries, and those of a polling connection. Options of a single request
// take precedence.

import { messageOf } from "../types/errors"
import type { FetchOptions } from "../types/options"

/** Wraps `fetchFunction` so that each call uses `options`. Headers stay a plain object with lower-case names. */
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
