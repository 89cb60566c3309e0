// Keyboard focus in a list whose items come and go. When the item that has the focus disappears, by whosever hand,
// the focus goes to the item that took its place, else to the one before it, else to where the caller says; it never
// falls back to the top of the page.
import { nextTick, type ShallowRef, watch } from "vue"
import type { Todo } from "./todos"

/** The control that stands for an item when it is reached by keyboard. */
const CONTROL = "input[type=checkbox]"

export function useListFocus(
  list: Readonly<ShallowRef<HTMLElement | null>>,
  shown: () => Todo[],
  whenEmpty: () => void,
): { move(step: 1 | -1): void } {
  const rows = () => [...(list.value?.querySelectorAll<HTMLElement>("li[data-id]") ?? [])]
  const focusRow = (row: HTMLElement | undefined) => row?.querySelector<HTMLElement>(CONTROL)?.focus()
  const focused = () => rows().findIndex((row) => row.contains(document.activeElement))

  watch(shown, async (now, before) => {
    const at = focused()
    const lost = before[at]
    if (!lost || now.some((todo) => todo._id === lost._id)) return
    const kept = new Set(now.map((todo) => todo._id))
    const next =
      before.slice(at + 1).find((todo) => kept.has(todo._id)) ??
      before.slice(0, at).findLast((todo) => kept.has(todo._id))
    await nextTick()
    if (next) focusRow(rows().find((row) => row.dataset.id === next._id))
    else whenEmpty()
  })

  return {
    move(step) {
      const at = focused()
      if (at >= 0) focusRow(rows()[at + step])
    },
  }
}
