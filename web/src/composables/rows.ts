// The rows of the list: the todos that are shown, and those that are being renamed. A row that is being renamed stays
// where it is until that ends, though the filter hides its todo or another page deletes it, so that nothing typed is lost.
import { computed, type Ref, shallowReactive } from "vue"
import type { Todo } from "./todo"

export interface Row {
  todo: Todo
  /** The todo was deleted while it was being renamed. */
  isGone: boolean
}

export function useRows(todos: Readonly<Ref<Todo[]>>, shown: Readonly<Ref<Todo[]>>) {
  /** The ids of the todos that are being renamed. */
  const edited = shallowReactive(new Set<string>())
  const rows = computed<Row[]>((before = []) => {
    const now = shown.value.map((todo) => ({ todo, isGone: false }))
    for (const [index, { todo }] of before.entries()) {
      const { _id } = todo
      if (!edited.has(_id) || now.some((row) => row.todo._id === _id)) continue
      const latest = todos.value.find((other) => other._id === _id)
      now.splice(index, 0, { todo: latest ?? todo, isGone: !latest })
    }
    return now
  })

  function setEdited(id: string, isEdited: boolean): void {
    if (isEdited) edited.add(id)
    else edited.delete(id)
  }
  return { rows, edited, setEdited }
}
