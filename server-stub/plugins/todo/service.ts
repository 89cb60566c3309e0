// What can be done with todos. A todo that was deleted softly is gone for every reader; its row stays.
import { randomUUID } from "node:crypto"
import { and, asc, eq, type SQL, sql } from "drizzle-orm"
import type { Database } from "../../raclette/database"
import { createTodos, type Todo, todos } from "./table"

export interface TodoFilter {
  isCompleted?: boolean
  limit?: number
  offset?: number
}

export type TodoChange = Partial<Pick<Todo, "name" | "isCompleted">>

/** A limit that no table reaches: SQL takes an offset only with a limit. */
const EVERY = 1_000_000_000

export class TodoService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Makes the table where the database is new. */
  async prepare(): Promise<void> {
    await this.#database.run(createTodos)
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
    return { items: items.slice(0, limit), hasMore: items.length > limit }
  }

  async get(id: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.select().from(todos).where(present(id))
    return todo
  }

  async create(name: string, isCompleted: boolean, editor: string): Promise<Todo> {
    const now = new Date().toISOString()
    const todo = {
      _id: randomUUID(),
      name,
      isCompleted,
      isDeleted: false,
      lastEditor: editor,
      createdAt: now,
      updatedAt: now,
    }
    await this.#database.insert(todos).values(todo)
    return todo
  }

  /** The todo before and after; undefined for an id that is not there. */
  async update(id: string, change: TodoChange, editor: string): Promise<{ before: Todo; after: Todo } | undefined> {
    return this.#database.transaction(async (transaction) => {
      const [before] = await transaction.select().from(todos).where(present(id))
      if (!before) return undefined
      const values = { ...change, lastEditor: editor, updatedAt: new Date().toISOString() }
      const [after] = await transaction.update(todos).set(values).where(present(id)).returning()
      return after && { before, after }
    })
  }

  /** The todo as it was deleted; undefined for an id that is not there. */
  async delete(id: string, editor: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.update(todos).set(deletedBy(editor)).where(present(id)).returning()
    return todo
  }

  /** Removes the row, also that of a todo that was deleted softly. The todo as it was deleted; undefined for an id that is not there. */
  async deleteHard(id: string, editor: string): Promise<Todo | undefined> {
    const [todo] = await this.#database.delete(todos).where(eq(todos._id, id)).returning()
    return todo && { ...todo, ...deletedBy(editor) }
  }
}

function deletedBy(editor: string): Pick<Todo, "isDeleted" | "lastEditor" | "updatedAt"> {
  return { isDeleted: true, lastEditor: editor, updatedAt: new Date().toISOString() }
}

function present(id: string): SQL | undefined {
  return and(eq(todos._id, id), eq(todos.isDeleted, false))
}
