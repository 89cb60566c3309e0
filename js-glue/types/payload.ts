// The payload of events and of HTTP answers.

/** Payload of an operation: its HTTP answer, and the first argument of its events. */
export interface BroadcastPayload<T = Record<string, unknown>> {
  /** The change: `dataCreate`, `dataUpdate`, `dataDelete`, or a type of the backend's own. */
  type: string
  /**
   * `items`: the items after the change. `prevVersion`: the item before it. `deleted`: ids of deleted items. All are
   * optional.
   */
  body: { items?: T[]; prevVersion?: unknown; deleted?: string[] }
}
