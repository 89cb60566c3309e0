// Keyboard focus in a list whose rows change. When the focused row disappears, the focus moves to the next row, else to
// the previous one, else to where `onEmpty` puts it. It never falls back to the top of the page.
import { nextTick, type ShallowRef, watch } from "vue"

interface ListFocusOptions {
  /** The element that contains the rows, each with a `data-id`. */
  list: Readonly<ShallowRef<HTMLElement | null>>
  /** The ids of the rows, in order. */
  ids: () => string[]
  /** The selector of a row's control that gets the focus. */
  control: string
  /** Called when the focused row disappears and the list is empty. */
  onEmpty: () => void
}

export function useListFocus({ list, ids, control, onEmpty }: ListFocusOptions) {
  const rows = () => [...(list.value?.querySelectorAll<HTMLElement>("[data-id]") ?? [])]
  const rowOf = (id: string) => rows().find((row) => row.dataset.id === id)
  const focusRow = (row: HTMLElement | undefined) => row?.querySelector<HTMLElement>(control)?.focus()
  const focused = () => rows().find((row) => row.contains(document.activeElement))

  watch(ids, async (now, before) => {
    const lost = focused()?.dataset.id
    if (lost === undefined || now.includes(lost)) return
    const at = before.indexOf(lost)
    const next =
      before.slice(at + 1).find((id) => now.includes(id)) ?? before.slice(0, at).findLast((id) => now.includes(id))
    await nextTick()
    if (next === undefined) onEmpty()
    else focusRow(rowOf(next))
  })

  return {
    /** Moves the focus to the next (1) or previous (-1) row. */
    move(step: 1 | -1): void {
      const row = focused()
      if (row) focusRow(rows()[rows().indexOf(row) + step])
    },
    focus: (id: string) => focusRow(rowOf(id)),
    scrollTo: (id: string) => rowOf(id)?.scrollIntoView({ block: "nearest" }),
  }
}
