// The todo list. A mutation goes to the backend, the backend emits an event to every page, and each page refetches the
// list. So the page always shows a response of the backend, without optimistic updates. The page's own mutations wait
// for their refetch, so that a control is busy until its effect is visible.
import type { BroadcastPayload } from "raclette-wasm"
import type { VuePluginApi, VueQuery } from "raclette-wasm/vue"
import { computed, type Ref, watch } from "vue"
import { explain, isUnreachable } from "./error-text"
import { user } from "./session"
import type { Notice } from "./snackbar"
import { quote } from "./text"
import type { Todo } from "./todo"
import { type TodoOperations, useTodoActions } from "./todo-actions"

/** Events that refetch the list, with the verb for messages about other users' actions. */
const events = { todoCreated: "added", todoUpdated: undefined, todoDeleted: "deleted", todoRestored: "restored" }

function subscribe({ $socket, $eventbus, $log }: VuePluginApi, list: VueQuery<Todo>): void {
  for (const [channelKey, verb] of Object.entries(events)) {
    $socket.on<BroadcastPayload<Todo>>(channelKey, (payload) => {
      $log(channelKey, payload)
      void list.execute()
      const item = payload?.body?.items?.[0]
      if (!verb || !item?.lastEditor || item.lastEditor === user) return
      const notice: Notice = { message: `${item.lastEditor} ${verb} ${quote(item.name)}`, color: "yellow" }
      $eventbus.global.emit("ui/addToSnackbar", notice)
    })
  }
}

function useList(list: VueQuery<Todo>, status: Readonly<Ref<string>>) {
  const { dataArr, response, error, isLoading } = list
  // The runtime refetches after a lost connection, but does not repeat a first read that failed.
  watch(status, (now) => {
    if (now === "connected" && error.value) void list.execute()
  })
  return {
    todos: computed(() => dataArr.value.filter((todo) => !todo.isDeleted)),
    isLoading,
    hasLoaded: computed(() => response.value !== undefined),
    failure: computed(() => {
      if (!error.value) return undefined
      return { isUnreachable: isUnreachable(error.value), message: explain(error.value) }
    }),
  }
}

interface TodosOptions {
  /** Opens the connection. */
  connect: () => void
  /** Called when a todo that this page restored is in the list again. */
  onRestored: (todo: Todo) => void
}

export function useTodos(api: VuePluginApi, { connect, onRestored }: TodosOptions) {
  const operations = api.$data.todo as TodoOperations
  const list = operations.getAll<Todo>({ options: { immediate: true } })
  const notify = (notice: Notice) => api.$eventbus.global.emit("ui/addToSnackbar", notice)
  const { status } = api.$socket
  subscribe(api, list)
  return {
    ...useList(list, status),
    ...useTodoActions({ operations, notify, refetch: () => list.execute(), onRestored }),
    /** Refetches the list, and connects if the connection is closed. Resolves with whether the list is loaded. */
    retry: async () => {
      if (status.value === "rejected" || status.value === "closed") connect()
      return (await list.execute()).error === undefined
    },
  }
}
