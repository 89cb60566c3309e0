// What can be done with todos. No read shows a todo that was deleted softly; its row stays.
import { and, asc, eq, type SQL, sql } from "drizzle-orm"
import type { Database } from "../../raclette/database"
import { changedBy, deletedBy, EVERY, newItem, type Paging, pageOf } from "../../raclette/items"
import { type Todo, todos } from "./model"

export interface TodoFilter extends Paging {
  isCompleted?: boolean
}

export type TodoChange = Partial<Pick<Todo, "name" | "isCompleted">>

export class TodoService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Todos in the order of their creation, and whether more follow. */
  async all({ isCompleted, limit = EVERY, offset = 0 }: TodoFilter): Promise<{ items: Todo[]; hasMore: boolean }> {
    const filter = isCompleted === undefined ? undefined : eq(todos.isCompleted, isCompleted)
    const items = await this.#database
      .select()
      .from(todos)
      .where(and(eq(todos.isDeleted, false), filter))
      // Of those made in the same millisecond, the one that was written first.
      .orderBy(asc(todos.createdAt), sql`rowid`)
      .limit(limit + 1)
      .offset(offset)
    return pageOf(items, limit)
  }

  async get(id: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.select().from(todos).where(present(id))
    return todo
  }

  async create(name: string, isCompleted: boolean, editor: string): Promise<Todo> {
    const todo = { ...newItem(editor), name, isCompleted }
    await this.#database.insert(todos).values(todo)
    return todo
  }

  /** The todo before and after; undefined for an id that is not there. */
  async update(id: string, change: TodoChange, editor: string): Promise<{ before: Todo; after: Todo } | undefined> {
    return this.#database.transaction(async () => {
      // A write that changes nothing: the row is locked by it, so that the next change is one of what was read here.
      const [before] = await this.#database.update(todos).set({ _id: id }).where(present(id)).returning()
      if (!before) return undefined
      const values = { ...change, ...changedBy(editor) }
      const [after] = await this.#database.update(todos).set(values).where(present(id)).returning()
      return after && { before, after }
    })
  }

  /** The todo as it was deleted; undefined for an id that is not there. */
  async delete(id: string, editor: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.update(todos).set(deletedBy(editor)).where(present(id)).returning()
    return todo
  }

  /** The todo as it is again, in its old place; undefined for an id that is not there, or was deleted for good. */
  async restore(id: string, editor: string): Promise<Todo | undefined> {
    const values = { isDeleted: false, ...changedBy(editor) }
    const [todo] = await this.#database.update(todos).set(values).where(eq(todos._id, id)).returning()
    return todo
  }

  /** Removes the row, also that of a todo that was deleted softly. The todo as it was deleted; undefined for an id that is not there. */
  async deleteHard(id: string, editor: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.delete(todos).where(eq(todos._id, id)).returning()
    return todo && { ...todo, ...deletedBy(editor) }
  }
}

function present(id: string): SQL | undefined {
  return and(eq(todos._id, id), eq(todos.isDeleted, false))
}
