// Rooms. A socket joins exactly the rooms that its token's claims name, and a route may limit its events to rooms. Only
// this file knows the names of rooms.
import type { FastifyRequest } from "fastify"
import type { Payload, User } from "./types"

/**
 * The recipients of a route's events: `"user"`, the sockets of the requesting user; names of rooms; or a function that
 * returns them. An empty list means no recipients.
 */
export type BroadcastRooms = "user" | string[] | ((payload: Payload, request: FastifyRequest) => string[])

/** The room of a user's sockets, by the user's `_id`. */
export function userRoom(id: string): string {
  return `user:${id}`
}

/** The room of the sockets of a project's members. */
export function projectRoom(project: string): string {
  return `project:${project}`
}

/** The room of a login's sockets. */
export function loginRoom(login: string): string {
  return `login:${login}`
}

/** The rooms that a token's claims name. */
export function roomsOf({ _id, projects = [], login }: User): string[] {
  return [userRoom(_id), ...projects.map(projectRoom), ...(login === undefined ? [] : [loginRoom(login)])]
}

/** The rooms that get a route's events. undefined: every authenticated client. */
export function targetRooms(
  rooms: BroadcastRooms | undefined,
  payload: Payload,
  request: FastifyRequest,
): string[] | undefined {
  if (rooms === "user") return [userRoom(request.user._id)]
  return typeof rooms === "function" ? rooms(payload, request) : rooms
}
