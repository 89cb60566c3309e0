// The todo list as the page sees it, and the only place that talks to `$data`. The request → event → sync loop: a
// mutation goes to the backend, the backend tells every page by an event, and each page reads the list again. The
// list shown is always an answer of the backend, never a guess; the page's own mutations wait for the next answer,
// so that a control is busy until what it did can be seen.
import type { BroadcastPayload } from "raclette-wasm"
import type { VueOperation, VuePluginApi, VueQuery } from "raclette-wasm/vue"
import { computed, type Ref, shallowReactive, watch } from "vue"
import { loginWasAnswered, user } from "./session"

export interface Todo {
  _id: string
  name: string
  isCompleted: boolean
  isDeleted: boolean
  lastEditor: string
  createdAt: string
  updatedAt: string
}

/** The backend refuses longer names. */
export const LONGEST_NAME = 200

/** What an item can ask for. Each resolves with whether it was done; a failure is announced by the runtime. */
export interface TodoActions {
  rename(todo: Todo, name: string): Promise<boolean>
  setCompleted(todo: Todo, isCompleted: boolean): Promise<boolean>
  remove(todo: Todo): Promise<boolean>
}

type TodoOperations = Record<"getAll" | "create" | "update" | "delete", VueOperation>

/** Events after which the list is read again; the word is how another person's doing is told. */
const events = { todoCreated: "added", todoUpdated: undefined, todoDeleted: "deleted" }

/** Whether an error means that nobody answered, as opposed to an answer that says no. */
function isUnreachable(code: string): boolean {
  return code === "NETWORK_ERROR" || code === "REQUEST_TIMEOUT" || (code === "AUTH_FAILED" && !loginWasAnswered.value)
}

function followEvents({ $socket, $eventbus, $log }: VuePluginApi, list: VueQuery<Todo>): void {
  for (const [channelKey, verb] of Object.entries(events)) {
    $socket.on<BroadcastPayload<Todo>>(channelKey, (payload) => {
      $log(channelKey, payload)
      void list.execute()
      const item = payload?.body?.items?.[0]
      if (!verb || !item?.lastEditor || item.lastEditor === user) return
      const message = `${item.lastEditor} ${verb} “${item.name}”`
      $eventbus.global.emit("ui/addToSnackbar", { message, color: "yellow" })
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
      const { code, message } = error.value
      return { isUnreachable: isUnreachable(code), message }
    }),
  }
}

/** Changes of one item go out one after the other, in the order in which they were asked for. */
function useTurns() {
  const last = new Map<string, Promise<boolean>>()
  const busy = shallowReactive(new Set<string>())

  async function takeTurn(id: string, work: () => Promise<boolean>): Promise<boolean> {
    const turn = (last.get(id) ?? Promise.resolve(true)).then(work)
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

export function useTodos(api: VuePluginApi, connect: () => void) {
  const todo = api.$data.todo as TodoOperations
  const list = todo.getAll<Todo>({ options: { immediate: true } })
  const { status } = api.$socket
  const { busy, takeTurn } = useTurns()
  followEvents(api, list)

  async function run(operation: VueOperation, params: Record<string, unknown>): Promise<boolean> {
    const mutation = operation()
    const { error } = await mutation.execute(params)
    mutation.dispose()
    if (!error) await list.execute()
    return !error
  }

  const actions: TodoActions = {
    rename: ({ _id }, name) => takeTurn(_id, () => run(todo.update, { _id, name })),
    setCompleted: ({ _id }, isCompleted) => takeTurn(_id, () => run(todo.update, { _id, isCompleted })),
    remove: ({ _id }) => takeTurn(_id, () => run(todo.delete, { _id })),
  }
  return {
    ...useList(list, status),
    busy,
    actions,
    add: (name: string) => run(todo.create, { name }),
    /** Asks again; opens the connection too, where it was given up. Resolves with whether the list is there. */
    retry: async () => {
      if (status.value === "rejected" || status.value === "closed") connect()
      return (await list.execute()).error === undefined
    },
  }
}
