// What a person can do with todos, and take back. The page announces what came of it by itself (`notify: false`), since
// what it says can be acted on: a failure has Retry, and a deletion Undo.
import type { RacletteError } from "raclette-wasm"
import type { VueOperation } from "raclette-wasm/vue"
import type { Notice } from "./snackbar"
import { quote } from "./text"
import type { Todo } from "./todo"
import { explain } from "./trouble"
import { useTurns } from "./turns"

export type TodoOperations = Record<"getAll" | "create" | "update" | "delete" | "restore", VueOperation<Todo>>

/** A todo that is not there yet. Its key is the same in every try, and by it the backend adds the todo once. */
export interface NewTodo {
  name: string
  key: string
}

/** Each resolves with the todo as the backend has it then; undefined if it was not done. */
export interface TodoActions {
  /** `retry`: what Retry does. Default: the same again. */
  add: (todo: NewTodo, retry?: () => void) => Promise<Todo | undefined>
  rename: (todo: Todo, name: string) => Promise<Todo | undefined>
  setCompleted: (todo: Todo, isCompleted: boolean) => Promise<Todo | undefined>
  remove: (todo: Todo) => Promise<Todo | undefined>
}

interface Environment {
  operations: TodoOperations
  /** Shows a message. */
  say: (notice: Notice) => void
  readAgain: () => Promise<unknown>
  /** Called when a todo that was deleted is in the list again. */
  onRestored: (todo: Todo) => void
}

interface Attempt {
  operation: VueOperation<Todo>
  params: Record<string, unknown>
  headers?: Record<string, string>
  /** What messages are about: a todo's id, or the key of a new one. */
  about: string
  /** How the message of a failure begins. */
  failed: string
  retry: () => void
}

export function newTodo(name: string): NewTodo {
  return { name, key: crypto.getRandomValues(new Uint32Array(4)).join("-") }
}

/** Whether another try may end in another way: not after an answer that says no. */
function mayRetry({ code, details }: RacletteError): boolean {
  const status = Number(details?.status)
  return code !== "HTTP_ERROR" || status === 429 || status >= 500
}

/** A function that executes a mutation, and says so where it fails. */
function attempts({ say, readAgain }: Environment) {
  return async ({ operation, params, headers = {}, about, failed, retry }: Attempt): Promise<Todo | undefined> => {
    const mutation = operation({ options: { notify: false }, config: { headers } })
    const { result, error } = await mutation.execute(params)
    mutation.dispose()
    if (error) {
      const action = mayRetry(error) ? { label: "Retry", run: retry } : undefined
      say({ message: `${failed}: ${explain(error)}`, color: "error", about, action })
      return undefined
    }
    say({ about })
    await readAgain()
    return result?.[0]
  }
}

/** Deleting, and taking that back. */
function useDeletion(
  { operations, say, onRestored }: Environment,
  inTurn: (attempt: Attempt) => Promise<Todo | undefined>,
) {
  /** What this page deleted and has not brought back, the last one last. */
  const deleted = new Map<string, Todo>()

  async function remove(todo: Todo): Promise<Todo | undefined> {
    const { _id, name } = todo
    const failed = `${quote(name)} could not be deleted`
    const retry = () => void remove(todo)
    const removed = await inTurn({ operation: operations.delete, params: { _id }, about: _id, failed, retry })
    if (!removed) return undefined
    deleted.set(_id, todo)
    const action = { label: "Undo", run: () => void restore(todo) }
    say({ message: `${quote(name)} deleted`, color: "success", about: _id, action })
    return removed
  }

  async function restore(todo: Todo): Promise<void> {
    const { _id, name } = todo
    deleted.delete(_id)
    const failed = `${quote(name)} could not be brought back`
    const retry = () => void restore(todo)
    const restored = await inTurn({ operation: operations.restore, params: { _id }, about: _id, failed, retry })
    if (!restored) return
    say({ message: `${quote(name)} is back`, color: "success", about: _id })
    onRestored(restored)
  }

  /** Brings back what was deleted last, if anything was. */
  function undo(): void {
    const last = [...deleted.values()].at(-1)
    if (last) void restore(last)
  }
  return { remove, undo }
}

export function useTodoActions(environment: Environment) {
  const { operations, say } = environment
  const attempt = attempts(environment)
  const { busy, takeTurn } = useTurns()
  /** After what was asked for the same todo before. */
  const inTurn = (one: Attempt) => takeTurn(one.about, () => attempt(one))
  const { remove, undo } = useDeletion(environment, inTurn)

  async function add(todo: NewTodo, retry: () => void = () => void add(todo)): Promise<Todo | undefined> {
    const { name, key } = todo
    const failed = `${quote(name)} could not be added`
    const headers = { "idempotency-key": key }
    const added = await attempt({ operation: operations.create, params: { name }, headers, about: key, failed, retry })
    if (added) say({ message: `${quote(name)} added`, color: "success", about: key })
    return added
  }

  function change(todo: Todo, values: Partial<Todo>): Promise<Todo | undefined> {
    const { _id, name } = todo
    const failed = `${quote(name)} could not be changed`
    const retry = () => void change(todo, values)
    return inTurn({ operation: operations.update, params: { _id, ...values }, about: _id, failed, retry })
  }

  const actions: TodoActions = {
    add,
    rename: (todo, name) => change(todo, { name }),
    setCompleted: (todo, isCompleted) => change(todo, { isCompleted }),
    remove,
  }
  return { busy, actions, undo }
}
