// What goes over the wire as an event's payload, and over HTTP as an answer.

/** What an operation of the backend sends to every client, and what it answers over HTTP. */
export interface BroadcastPayload<T = Record<string, unknown>> {
  /** What happened: `dataCreate`, `dataUpdate`, `dataDelete`, or a word of the backend's own. */
  type: string
  /**
   * `items`: as they are now. `prevVersion`: the item as it was before. `deleted`: the `_id`s that are gone. Each is
   * there where the backend sends it.
   */
  body: { items?: T[]; prevVersion?: unknown; deleted?: string[] }
}
