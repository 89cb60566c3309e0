// The todo list as the page sees it. The request → event → sync loop: a mutation goes to the backend, the backend tells
// every page by an event, and each page reads the list again. The list shown is always an answer of the backend, never
// a guess; the page's own mutations wait for the next answer, so that a control is busy until what it did can be seen.
import type { BroadcastPayload } from "raclette-wasm"
import type { VuePluginApi, VueQuery } from "raclette-wasm/vue"
import { computed, type Ref, watch } from "vue"
import { user } from "./session"
import type { Notice } from "./snackbar"
import { quote } from "./text"
import type { Todo } from "./todo"
import { type TodoOperations, useTodoActions } from "./todo-actions"
import { explain, isUnreachable } from "./trouble"

/** Events after which the list is read again; the word is how another person's doing is told. */
const events = { todoCreated: "added", todoUpdated: undefined, todoDeleted: "deleted", todoRestored: "brought back" }

function followEvents({ $socket, $eventbus, $log }: VuePluginApi, list: VueQuery<Todo>): void {
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
  // The runtime reads again after a lost connection; a first read that failed has to be asked for again here.
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
  /** Called when a todo that this page deleted is in the list again. */
  onRestored: (todo: Todo) => void
}

export function useTodos(api: VuePluginApi, { connect, onRestored }: TodosOptions) {
  const operations = api.$data.todo as TodoOperations
  const list = operations.getAll<Todo>({ options: { immediate: true } })
  const say = (notice: Notice) => api.$eventbus.global.emit("ui/addToSnackbar", notice)
  const { status } = api.$socket
  followEvents(api, list)
  return {
    ...useList(list, status),
    ...useTodoActions({ operations, say, readAgain: () => list.execute(), onRestored }),
    /** Asks again; opens the connection too, where it was given up. Resolves with whether the list is there. */
    retry: async () => {
      if (status.value === "rejected" || status.value === "closed") connect()
      return (await list.execute()).error === undefined
    },
  }
}
