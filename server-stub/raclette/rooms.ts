// Who gets which events: a socket joins the rooms of its token's claims and no others, and a route may limit its events
// to rooms. Only this file knows how a room is named.
import type { FastifyRequest } from "fastify"
import type { Payload, User } from "./types"

/**
 * Who gets the events of a route: `"user"`, the sockets of the user who asked; room names; or a function that makes
 * room names of the payload and the request. With no rooms, nobody does.
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

/** The room of the sockets of a login: those whose tokens came of it. */
export function loginRoom(login: string): string {
  return `login:${login}`
}

/** The rooms that a user's sockets are in. */
export function roomsOf({ _id, projects = [], login }: User): string[] {
  return [userRoom(_id), ...projects.map(projectRoom), ...(login === undefined ? [] : [loginRoom(login)])]
}

/** The rooms that a route's events go to; undefined for everybody. */
export function targetRooms(
  rooms: BroadcastRooms | undefined,
  payload: Payload,
  request: FastifyRequest,
): string[] | undefined {
  if (rooms === "user") return [userRoom(request.user._id)]
  return typeof rooms === "function" ? rooms(payload, request) : rooms
}
