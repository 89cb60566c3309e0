// Changes of one item go out one after the other, in the order in which they were asked for.
import { shallowReactive } from "vue"

export function useTurns() {
  const last = new Map<string, Promise<unknown>>()
  /** The items that wait for a change. */
  const busy = shallowReactive(new Set<string>())

  /** Resolves as `work` does, which does not reject. */
  async function takeTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
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
  return { busy, takeTurn }
}
