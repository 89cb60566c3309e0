// A todo, as the backend returns it.

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
export const MAX_NAME_LENGTH = 200
