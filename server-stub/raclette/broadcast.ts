// From an operation to its events: after a handler that succeeded, and only then, each of the route's broadcast
// channels gets one event with the operation's payload. The database was written by then. A route with broadcastRooms
// is heard in those rooms alone.
import type { FastifyInstance } from "fastify"
import { targetRooms } from "./rooms"
import type { Payload, RaclettePlugin } from "./types"

/** What stands before the channel key: `plugin_<author>__<name>`. */
export function channelPrefix(plugin: RaclettePlugin): string {
  return `plugin_${pluginKey(plugin)}`
}

/** The plugin's key: `<author>__<name>`. */
export function pluginKey({ author, name }: RaclettePlugin): string {
  return `${author}__${name}`
}

/** The event name on the wire. */
export function channelOf(plugin: RaclettePlugin, channelKey: string): string {
  return `${channelPrefix(plugin)}--${channelKey}`
}

/** Gives a plugin's own instance `emit`, and its routes their broadcasts. */
export function broadcasts(fastify: FastifyInstance, plugin: RaclettePlugin): void {
  fastify.decorate("emit", (channelKey: string, payload: Payload, rooms?: string[]) => {
    // To no rooms is to everybody, for Socket.IO.
    if (rooms?.length === 0) return
    const target = rooms ? fastify.io.to(rooms) : fastify.io
    target.emit(channelOf(plugin, channelKey), payload)
  })
  fastify.addHook("preSerialization", async (_request, reply, payload) => {
    reply.operationPayload = payload as Payload
    return payload
  })
  // The answer is serialized: from here on the operation has succeeded.
  fastify.addHook("onSend", async (request, reply) => {
    const succeeded = reply.statusCode >= 200 && reply.statusCode < 300
    if (!succeeded || !reply.operationPayload) return
    const { broadcastChannels = [], broadcastRooms } = request.routeOptions.config
    const rooms = targetRooms(broadcastRooms, reply.operationPayload, request)
    for (const channelKey of broadcastChannels) fastify.emit(channelKey, reply.operationPayload, rooms)
  })
}
