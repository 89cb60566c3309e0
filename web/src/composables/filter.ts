// Which todos are shown. A filter hides and never changes: the counts are of all todos, whatever is shown. With the last todo the filter
// goes too, so that a list that starts anew shows what is added.
import { computed, type Ref, ref, watch } from "vue"
import type { Todo } from "./todo"

export const filters = ["all", "open", "done"] as const
export type Filter = (typeof filters)[number]

const passes: Record<Filter, (todo: Todo) => boolean> = {
  all: () => true,
  open: (todo) => !todo.isCompleted,
  done: (todo) => todo.isCompleted,
}

export function useFilter(todos: Readonly<Ref<Todo[]>>) {
  const filter = ref<Filter>("all")
  const shown = computed(() => todos.value.filter(passes[filter.value]))
  const counts = computed<Record<Filter, number>>(() => {
    const open = todos.value.filter(passes.open).length
    return { all: todos.value.length, open, done: todos.value.length - open }
  })
  watch(todos, ({ length }) => {
    if (length === 0) filter.value = "all"
  })
  return { filter, shown, counts }
}
