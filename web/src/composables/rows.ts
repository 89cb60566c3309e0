// The rows of the list: the filtered todos, and todos that are being renamed. While a todo is renamed its row stays,
// even if the filter hides the todo or another page deletes it. So no typed text is lost.
import { computed, type Ref, shallowReactive } from "vue"
import type { Todo } from "./todo"

export interface Row {
  todo: Todo
  /** Whether the todo was deleted while it was being renamed. */
  isDeleted: boolean
}

export function useRows(todos: Readonly<Ref<Todo[]>>, shown: Readonly<Ref<Todo[]>>) {
  /** The ids of the todos that are being renamed. */
  const editing = shallowReactive(new Set<string>())
  const rows = computed<Row[]>((before = []) => {
    const now = shown.value.map((todo) => ({ todo, isDeleted: false }))
    for (const [index, { todo }] of before.entries()) {
      const { _id } = todo
      if (!editing.has(_id) || now.some((row) => row.todo._id === _id)) continue
      const latest = todos.value.find((other) => other._id === _id)
      now.splice(index, 0, { todo: latest ?? todo, isDeleted: !latest })
    }
    return now
  })

  function setEditing(id: string, isEditing: boolean): void {
    if (isEditing) editing.add(id)
    else editing.delete(id)
  }
  return { rows, editing, setEditing }
}
