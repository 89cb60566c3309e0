// The events of an operation. After its commit, each channelKey in the route's `broadcastChannels` gets one event with
// the operation's payload, unless the handler emitted on that channel itself. A failed operation broadcasts nothing.
// `broadcastRooms` limits these events to rooms, also events that the handler emits on these channels without rooms.
import type { FastifyInstance } from "fastify"
import { currentOperation, wrapOperations } from "./operation"
import type { OutgoingEvent } from "./outbox-table"
import { type BroadcastRooms, targetRooms } from "./rooms"
import type { OperationType, Payload, RaclettePlugin } from "./types"

declare module "fastify" {
  interface FastifyInstance {
    /**
     * Emits an event of this plugin to every authenticated client, or to the sockets in any of `rooms`. Within an
     * operation the event is sent after the commit.
     */
    emit(channelKey: string, payload: Payload, rooms?: string[]): void
  }
  interface FastifyContextConfig {
    /** What the route does. A route with a type is an operation. */
    type?: OperationType
    /** The channelKeys that get the operation's payload after the commit. */
    broadcastChannels?: string[]
    /** The rooms that get these events. Default: every authenticated client. */
    broadcastRooms?: BroadcastRooms
  }
}

/** The prefix of a plugin's event names: `plugin_<author>__<name>`. */
export function channelPrefix(plugin: RaclettePlugin): string {
  return `plugin_${pluginKey(plugin)}`
}

/** The plugin's key: `<author>__<name>`. */
export function pluginKey({ author, name }: RaclettePlugin): string {
  return `${author}__${name}`
}

/** The event name on the wire: `plugin_<author>__<name>--<channelKey>`. */
export function channelOf(plugin: RaclettePlugin, channelKey: string): string {
  return `${channelPrefix(plugin)}--${channelKey}`
}

/** Limits an event to the sockets in any of `rooms`. undefined: all sockets. */
function toRooms(event: OutgoingEvent, rooms: string[] | undefined): OutgoingEvent {
  return rooms ? { ...event, rooms } : event
}

/** Decorates a plugin's instance with `emit`, and broadcasts the payloads of its operations. */
export function registerBroadcasts(fastify: FastifyInstance, plugin: RaclettePlugin): void {
  fastify.decorate("emit", (channelKey: string, payload: Payload, rooms?: string[]) => {
    const event = toRooms({ channel: channelOf(plugin, channelKey), payload }, rooms)
    const operation = currentOperation()
    if (operation) operation.events.push(event)
    else fastify.publish(event).catch((error) => fastify.log.error(error, `Event ${event.channel} could not be sent`))
  })
  wrapOperations(fastify, (request, emitted, payload) => {
    const { broadcastChannels = [], broadcastRooms } = request.routeOptions.config
    const roomsFor = (content: unknown) => targetRooms(broadcastRooms, content as Payload, request)
    const channels = broadcastChannels.map((channelKey) => channelOf(plugin, channelKey))
    const isLimited = ({ channel, rooms }: OutgoingEvent) => rooms === undefined && channels.includes(channel)
    const byHandler = emitted.map((event) => (isLimited(event) ? toRooms(event, roomsFor(event.payload)) : event))
    const others = channels.filter((channel) => !emitted.some((event) => event.channel === channel))
    if (payload === undefined || others.length === 0) return byHandler
    const rooms = roomsFor(payload)
    return [...byHandler, ...others.map((channel) => toRooms({ channel, payload }, rooms))]
  })
}
