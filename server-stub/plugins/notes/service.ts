// Queries on notes, with access rules. A note's owner and the members of its project may read and change it, and get
// its events. For other users it does not exist.
import { and, asc, eq, inArray, or, type SQL, sql } from "drizzle-orm"
import type { Database } from "../../raclette/database"
import { changedBy, deletedBy, NO_LIMIT, newItem, type Paging, pageOf } from "../../raclette/items"
import { projectRoom, userRoom } from "../../raclette/rooms"
import type { Payload, User } from "../../raclette/types"
import { type Note, notes } from "./model"

export interface NoteFilter extends Paging {
  isArchived?: boolean
}

export class NoteService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** A page of the notes that `user` may read, oldest first. */
  async all(user: User, { isArchived, limit = NO_LIMIT, offset = 0 }: NoteFilter) {
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

  /** The note before and after; undefined if `user` may read no such note. */
  async archive(id: string, user: User): Promise<{ before: Note; after: Note } | undefined> {
    return this.#database.transaction(async () => {
      const which = and(eq(notes._id, id), readableBy(user))
      // Changes nothing, but locks the row: so no other change comes between this read and the update below.
      const [before] = await this.#database.update(notes).set({ _id: id }).where(which).returning()
      const values = { isArchived: true, ...changedBy(user.name) }
      const [after] = await this.#database.update(notes).set(values).where(which).returning()
      return before && after && { before, after }
    })
  }

  /** Soft-deletes a note. Resolves with it; undefined if `user` may read no such note. */
  async delete(id: string, user: User): Promise<Note | undefined> {
    const which = and(eq(notes._id, id), readableBy(user))
    const [note] = await this.#database.update(notes).set(deletedBy(user.name)).where(which).returning()
    return note
  }
}

/** The rooms of the users who may read the notes of a payload. */
export function noteRooms({ body }: Payload): string[] {
  const items = body.items as Note[]
  return items.flatMap(({ owner, project }) => [userRoom(owner), ...(project === null ? [] : [projectRoom(project)])])
}

/** The notes that `user` may read. */
function readableBy({ _id, projects = [] }: User): SQL | undefined {
  return and(eq(notes.isDeleted, false), or(eq(notes.owner, _id), inArray(notes.project, projects)))
}
