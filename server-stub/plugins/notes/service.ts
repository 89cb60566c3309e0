// What can be done with notes, and by whom. The owner of a note and the members of its project, if it has one, may read
// and change it, and hear of it. For everybody else it is not there.
import { and, asc, eq, inArray, or, type SQL, sql } from "drizzle-orm"
import type { Database } from "../../raclette/database"
import { changedBy, deletedBy, EVERY, newItem, type Paging, pageOf } from "../../raclette/items"
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

/** The rooms of those who may read the notes of a payload. */
export function noteRooms({ body }: Payload): string[] {
  const items = body.items as Note[]
  return items.flatMap(({ owner, project }) => [userRoom(owner), ...(project === null ? [] : [projectRoom(project)])])
}

/** The notes that `user` may read. */
function readableBy({ _id, projects = [] }: User): SQL | undefined {
  return and(eq(notes.isDeleted, false), or(eq(notes.owner, _id), inArray(notes.project, projects)))
}
