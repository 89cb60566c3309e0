// The user's actions on todos, with undo. The page shows its own messages instead of the runtime's (`notify: false`),
// since they have buttons: Retry after a failure, Undo after a deletion.
import type { RacletteError } from "raclette-wasm"
import type { VueOperation } from "raclette-wasm/vue"
import { explain } from "./error-text"
import { useSerialQueue } from "./serial-queue"
import type { Notice } from "./snackbar"
import { quote } from "./text"
import type { Todo } from "./todo"

export type TodoOperations = Record<"getAll" | "create" | "update" | "delete" | "restore", VueOperation<Todo>>

/** A new todo. All attempts to add it have the same idempotency key, so the backend adds it once. */
export interface NewTodo {
  name: string
  key: string
}

/** Each resolves with the todo as returned by the backend; undefined if the action failed. */
export interface TodoActions {
  /** `retry`: the action of the Retry button. Default: `add` again. */
  add: (todo: NewTodo, retry?: () => void) => Promise<Todo | undefined>
  rename: (todo: Todo, name: string) => Promise<Todo | undefined>
  setCompleted: (todo: Todo, isCompleted: boolean) => Promise<Todo | undefined>
  remove: (todo: Todo) => Promise<Todo | undefined>
}

interface Environment {
  operations: TodoOperations
  /** Shows a message. */
  notify: (notice: Notice) => void
  refetch: () => Promise<unknown>
  /** Called when a deleted todo is in the list again. */
  onRestored: (todo: Todo) => void
}

interface Mutation {
  operation: VueOperation<Todo>
  params: Record<string, unknown>
  headers?: Record<string, string>
  /** The topic of its messages: a todo's id, or the key of a new one. */
  topic: string
  /** The start of the error message. */
  title: string
  retry: () => void
}

export function newTodo(name: string): NewTodo {
  return { name, key: crypto.getRandomValues(new Uint32Array(4)).join("-") }
}

/** Whether a retry may succeed. It cannot after a 4xx response, except 429. */
function isRetryable({ code, details }: RacletteError): boolean {
  const status = Number(details?.status)
  return code !== "HTTP_ERROR" || status === 429 || status >= 500
}

/** Returns a function that executes a mutation, shows errors, and refetches the list. */
function createMutate({ notify, refetch }: Environment) {
  return async ({ operation, params, headers = {}, topic, title, retry }: Mutation): Promise<Todo | undefined> => {
    const mutation = operation({ options: { notify: false }, config: { headers } })
    const { result, error } = await mutation.execute(params)
    mutation.dispose()
    if (error) {
      const action = isRetryable(error) ? { label: "Retry", run: retry } : undefined
      notify({ message: `${title}: ${explain(error)}`, color: "error", topic, action })
      return undefined
    }
    notify({ topic })
    await refetch()
    return result?.[0]
  }
}

function useDeletion(
  { operations, notify, onRestored }: Environment,
  enqueueMutation: (mutate: Mutation) => Promise<Todo | undefined>,
) {
  /** The todos that this page deleted and did not restore, oldest first. */
  const deleted = new Map<string, Todo>()

  async function remove(todo: Todo): Promise<Todo | undefined> {
    const { _id, name } = todo
    const title = `${quote(name)} could not be deleted`
    const retry = () => void remove(todo)
    const removed = await enqueueMutation({ operation: operations.delete, params: { _id }, topic: _id, title, retry })
    if (!removed) return undefined
    deleted.set(_id, todo)
    const action = { label: "Undo", run: () => void restore(todo) }
    notify({ message: `${quote(name)} deleted`, color: "success", topic: _id, action })
    return removed
  }

  async function restore(todo: Todo): Promise<void> {
    const { _id, name } = todo
    deleted.delete(_id)
    const title = `${quote(name)} could not be restored`
    const retry = () => void restore(todo)
    const restored = await enqueueMutation({ operation: operations.restore, params: { _id }, topic: _id, title, retry })
    if (!restored) return
    notify({ message: `${quote(name)} restored`, color: "success", topic: _id })
    onRestored(restored)
  }

  /** Restores the todo that was deleted last. Does nothing if there is none. */
  function undo(): void {
    const last = [...deleted.values()].at(-1)
    if (last) void restore(last)
  }
  return { remove, undo }
}

export function useTodoActions(environment: Environment) {
  const { operations, notify } = environment
  const mutate = createMutate(environment)
  const { busy, enqueue } = useSerialQueue()
  /** Runs after earlier mutations of the same todo. */
  const enqueueMutation = (one: Mutation) => enqueue(one.topic, () => mutate(one))
  const { remove, undo } = useDeletion(environment, enqueueMutation)

  async function add(todo: NewTodo, retry: () => void = () => void add(todo)): Promise<Todo | undefined> {
    const { name, key } = todo
    const title = `${quote(name)} could not be added`
    const headers = { "idempotency-key": key }
    const added = await mutate({ operation: operations.create, params: { name }, headers, topic: key, title, retry })
    if (added) notify({ message: `${quote(name)} added`, color: "success", topic: key })
    return added
  }

  function change(todo: Todo, values: Partial<Todo>): Promise<Todo | undefined> {
    const { _id, name } = todo
    const title = `${quote(name)} could not be changed`
    const retry = () => void change(todo, values)
    return enqueueMutation({ operation: operations.update, params: { _id, ...values }, topic: _id, title, retry })
  }

  const actions: TodoActions = {
    add,
    rename: (todo, name) => change(todo, { name }),
    setCompleted: (todo, isCompleted) => change(todo, { isCompleted }),
    remove,
  }
  return { busy, actions, undo }
}
