// The events of an operation: when it has succeeded, and only then, each of the route's broadcast channels gets one
// event with the operation's payload. What it wrote is committed by then. A channel on which the handler has emitted
// is left to it. Where a route has `broadcastRooms`, only the sockets in those rooms get the events of its channels, also
// those that the handler emits without naming rooms.
import type { FastifyInstance } from "fastify"
import { currentOperation, operations } from "./operation"
import type { OutgoingEvent } from "./outbox-table"
import { type BroadcastRooms, targetRooms } from "./rooms"
import type { OperationType, Payload, RaclettePlugin } from "./types"

declare module "fastify" {
  interface FastifyInstance {
    /**
     * Sends an event of this plugin to every authenticated client, or to those in any of `rooms`; within an operation,
     * after its commit.
     */
    emit(channelKey: string, payload: Payload, rooms?: string[]): void
  }
  interface FastifyContextConfig {
    /** What the route's operation does. */
    type?: OperationType
    /** Channel keys on which the operation's payload is broadcast after success. */
    broadcastChannels?: string[]
    /** Limits who gets these events. Default: every authenticated client. */
    broadcastRooms?: BroadcastRooms
  }
}

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

/** An event for the sockets in any of `rooms`; undefined: for all. */
function within(event: OutgoingEvent, rooms: string[] | undefined): OutgoingEvent {
  return rooms ? { ...event, rooms } : event
}

/** Gives a plugin's own instance `emit`, and its routes their broadcasts. */
export function broadcasts(fastify: FastifyInstance, plugin: RaclettePlugin): void {
  fastify.decorate("emit", (channelKey: string, payload: Payload, rooms?: string[]) => {
    const event = within({ channel: channelOf(plugin, channelKey), payload }, rooms)
    const operation = currentOperation()
    if (operation) operation.events.push(event)
    else fastify.publish(event).catch((error) => fastify.log.error(error, `${event.channel} could not be sent`))
  })
  operations(fastify, (request, emitted, payload) => {
    const { broadcastChannels = [], broadcastRooms } = request.routeOptions.config
    const roomsFor = (told: unknown) => targetRooms(broadcastRooms, told as Payload, request)
    const channels = broadcastChannels.map((channelKey) => channelOf(plugin, channelKey))
    const isLimited = ({ channel, rooms }: OutgoingEvent) => rooms === undefined && channels.includes(channel)
    const byHandler = emitted.map((event) => (isLimited(event) ? within(event, roomsFor(event.payload)) : event))
    const others = channels.filter((channel) => !emitted.some((event) => event.channel === channel))
    if (payload === undefined || others.length === 0) return byHandler
    const rooms = roomsFor(payload)
    return [...byHandler, ...others.map((channel) => within({ channel, payload }, rooms))]
  })
}
