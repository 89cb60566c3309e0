// The filter of the list. The counts always include all todos. When the last todo is deleted the filter resets, so that
// a new todo is visible.
import { computed, type Ref, ref, watch } from "vue"
import type { Todo } from "./todo"

export const filters = ["all", "open", "done"] as const
export type Filter = (typeof filters)[number]

const predicates: Record<Filter, (todo: Todo) => boolean> = {
  all: () => true,
  open: (todo) => !todo.isCompleted,
  done: (todo) => todo.isCompleted,
}

export function useFilter(todos: Readonly<Ref<Todo[]>>) {
  const filter = ref<Filter>("all")
  const shown = computed(() => todos.value.filter(predicates[filter.value]))
  const counts = computed<Record<Filter, number>>(() => {
    const open = todos.value.filter(predicates.open).length
    return { all: todos.value.length, open, done: todos.value.length - open }
  })
  watch(todos, ({ length }) => {
    if (length === 0) filter.value = "all"
  })
  return { filter, shown, counts }
}
