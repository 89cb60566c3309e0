// Keyboard focus among rows that come and go. When the row that has the focus disappears, by whosever hand, the focus
// goes to the row that took its place, else to the one before it, else to where the caller says; it never falls back to
// the top of the page.
import { nextTick, type ShallowRef, watch } from "vue"

interface ListFocusOptions {
  /** What the rows are in: elements with a `data-id`. */
  list: Readonly<ShallowRef<HTMLElement | null>>
  /** The ids of the rows, in their order. */
  ids: () => string[]
  /** Selects the control that stands for a row when it is reached by keyboard. */
  control: string
  /** Called when the row that had the focus is gone, and no other is left. */
  whenEmpty: () => void
}

export function useListFocus({ list, ids, control, whenEmpty }: ListFocusOptions) {
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
    if (next === undefined) whenEmpty()
    else focusRow(rowOf(next))
  })

  return {
    /** Moves the focus to the row before or after the one that has it. */
    move(step: 1 | -1): void {
      const row = focused()
      if (row) focusRow(rows()[rows().indexOf(row) + step])
    },
    focus: (id: string) => focusRow(rowOf(id)),
    /** Scrolls as little as it takes to show a row. */
    reveal: (id: string) => rowOf(id)?.scrollIntoView({ block: "nearest" }),
  }
}
