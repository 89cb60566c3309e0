// Serial queues: the changes of one item run one after the other, in the order of their calls.
import { shallowReactive } from "vue"

export function useSerialQueue() {
  const last = new Map<string, Promise<unknown>>()
  /** The ids of items with changes in their queue. */
  const busy = shallowReactive(new Set<string>())

  /** Runs `work`, which must not reject, after all earlier work for `id`. Resolves with its result. */
  async function enqueue<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (last.get(id) ?? Promise.resolve()).then(work)
    last.set(id, turn)
    busy.add(id)
    const done = await turn
    if (last.get(id) === turn) {
      last.delete(id)
      busy.delete(id)
    }
    return done
  }
  return { busy, enqueue }
}
