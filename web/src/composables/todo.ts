// What a todo is, as the backend has it.

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
export const LONGEST_NAME = 200
