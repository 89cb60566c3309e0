// What can be done with notes. A note is read and changed by its owner, and by the members of its project if it has
// one; for everybody else it is not there.
import { and, asc, eq, inArray, or, type SQL, sql } from "drizzle-orm"
import type { Database } from "../../raclette/database"
import { changedBy, deletedBy, EVERY, newItem, type Paging, pageOf } from "../../raclette/items"
import type { User } from "../../raclette/types"
import { type Note, noteColumns, notes } from "./table"

export interface NoteFilter extends Paging {
  isArchived?: boolean
}

export class NoteService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Makes the table where the database is new. */
  async prepare(): Promise<void> {
    await this.#database.createTable("notes", noteColumns)
  }

  /** The notes that `user` may read, in the order of their creation, and whether more follow. */
  async all(user: User, { isArchived, limit = EVERY, offset = 0 }: NoteFilter) {
    const filter = isArchived === undefined ? undefined : eq(notes.isArchived, isArchived)
    const query = this.#database
      .select()
      .from(notes)
      .where(and(readableBy(user), filter))
    const rows = await query
      .orderBy(asc(notes.createdAt), sql`rowid`)
      .limit(limit + 1)
      .offset(offset)
    return pageOf(rows, limit)
  }

  async create(text: string, project: string | undefined, user: User): Promise<Note> {
    const note = { ...newItem(user.name), text, owner: user._id, project: project ?? null, isArchived: false }
    await this.#database.insert(notes).values(note)
    return note
  }

  /** The note before and after; undefined for one that is not there for `user`. */
  async archive(id: string, user: User): Promise<{ before: Note; after: Note } | undefined> {
    return this.#database.transaction(async () => {
      const which = and(eq(notes._id, id), readableBy(user))
      // A write that changes nothing: the row is locked by it, so that the next change is one of what was read here.
      const [before] = await this.#database.update(notes).set({ _id: id }).where(which).returning()
      const values = { isArchived: true, ...changedBy(user.name) }
      const [after] = await this.#database.update(notes).set(values).where(which).returning()
      return before && after && { before, after }
    })
  }

  /** The note as it was deleted, softly; undefined for one that is not there for `user`. */
  async delete(id: string, user: User): Promise<Note | undefined> {
    const which = and(eq(notes._id, id), readableBy(user))
    const [note] = await this.#database.update(notes).set(deletedBy(user.name)).where(which).returning()
    return note
  }
}

function readableBy({ _id, projects = [] }: User): SQL | undefined {
  return and(eq(notes.isDeleted, false), or(eq(notes.owner, _id), inArray(notes.project, projects)))
}
