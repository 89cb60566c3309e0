// Queries on todos. A soft deletion keeps the row, but no read returns it.
import { and, asc, eq, type SQL, sql } from "drizzle-orm"
import type { Database } from "../../raclette/database"
import { changedBy, deletedBy, NO_LIMIT, newItem, type Paging, pageOf } from "../../raclette/items"
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

  /** A page of todos, oldest first. */
  async all({ isCompleted, limit = NO_LIMIT, offset = 0 }: TodoFilter): Promise<{ items: Todo[]; hasMore: boolean }> {
    const filter = isCompleted === undefined ? undefined : eq(todos.isCompleted, isCompleted)
    const items = await this.#database
      .select()
      .from(todos)
      .where(and(eq(todos.isDeleted, false), filter))
      // `rowid` orders todos of the same millisecond.
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

  /** The todo before and after; undefined if there is no such todo. */
  async update(id: string, change: TodoChange, editor: string): Promise<{ before: Todo; after: Todo } | undefined> {
    return this.#database.transaction(async () => {
      // Changes nothing, but locks the row: so no other change comes between this read and the update below.
      const [before] = await this.#database.update(todos).set({ _id: id }).where(present(id)).returning()
      if (!before) return undefined
      const values = { ...change, ...changedBy(editor) }
      const [after] = await this.#database.update(todos).set(values).where(present(id)).returning()
      return after && { before, after }
    })
  }

  /** The deleted todo; undefined if there is no such todo. */
  async delete(id: string, editor: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.update(todos).set(deletedBy(editor)).where(present(id)).returning()
    return todo
  }

  /** The restored todo, in its old place of the list; undefined if there is none or it was deleted permanently. */
  async restore(id: string, editor: string): Promise<Todo | undefined> {
    const values = { isDeleted: false, ...changedBy(editor) }
    const [todo] = await this.#database.update(todos).set(values).where(eq(todos._id, id)).returning()
    return todo
  }

  /**
   * Removes the row, also of a todo that is soft-deleted. Resolves with the deleted todo; undefined if there is none.
   */
  async deleteHard(id: string, editor: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.delete(todos).where(eq(todos._id, id)).returning()
    return todo && { ...todo, ...deletedBy(editor) }
  }
}

function present(id: string): SQL | undefined {
  return and(eq(todos._id, id), eq(todos.isDeleted, false))
}
