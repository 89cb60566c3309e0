// Who hears of a note: whoever may read it.
import { projectRoom, userRoom } from "../../raclette/rooms"
import type { Payload } from "../../raclette/types"
import type { Note } from "./table"

/** The rooms of a payload's notes: their owners', and their projects'. */
export function noteRooms(payload: Payload): string[] {
  const notes = payload.body.items as Note[]
  return notes.flatMap(({ owner, project }) => [userRoom(owner), ...(project === null ? [] : [projectRoom(project)])])
}
