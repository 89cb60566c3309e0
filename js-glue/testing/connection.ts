// The server's end of one connection: Engine.IO handshake and heartbeat, and Socket.IO packets with their attachments.
// Source: the Engine.IO protocol, revision 4.
import type { Clock } from "./clock"
import { BINARY_EVENT, decodePacket, EVENT, type Packet, withAttachments } from "./packets"
import type { Line, Peer } from "./web-socket"

export interface Session {
  sid: string
  /** Private id, by which a reconnecting client is recognised. */
  pid: string
}

interface ConnectionHost {
  readonly clock: Clock
  /** `sends`: false for no pings. */
  readonly heartbeat: { pingInterval: number; pingTimeout: number; sends: boolean }
}

interface ConnectionEvents {
  packet(packet: Packet): void
  over(): void
}

/** `maxPayload` of the handshake, in bytes. */
const MAX_PAYLOAD = 1_000_000

export class Connection implements Peer {
  /** By namespace. */
  readonly sessions = new Map<string, Session>()
  isEntering = true
  isOver = false
  readonly #line: Line
  readonly #host: ConnectionHost
  readonly #id: string
  readonly #events: ConnectionEvents
  #timer: unknown
  /** A packet that waits for attachments. */
  #partial: { packet: Packet; attachments: unknown[] } | undefined

  constructor(line: Line, host: ConnectionHost, id: string, events: ConnectionEvents) {
    this.#line = line
    this.#host = host
    this.#id = id
    this.#events = events
  }

  opened(): void {
    if (this.isOver) return
    const { pingInterval, pingTimeout } = this.#host.heartbeat
    const handshake = { sid: this.#id, upgrades: [], pingInterval, pingTimeout, maxPayload: MAX_PAYLOAD }
    this.#line.send(`0${JSON.stringify(handshake)}`)
    this.#pingLater()
  }

  receive(frame: unknown): void {
    if (this.isOver) return
    if (typeof frame !== "string") this.#attach(frame)
    else if (frame === "3") this.#pingLater()
    else if (frame === "1") this.gone()
    else this.#packet(frame.startsWith("4") ? decodePacket(frame.slice(1)) : undefined)
  }

  gone(): void {
    if (this.isOver) return
    this.isOver = true
    this.#host.clock.clear(this.#timer)
    this.#events.over()
  }

  send(frame: string): void {
    if (!this.isOver) this.#line.send(frame)
  }

  /** Closes the connection. Code 1006 simulates a broken network. */
  close(code: number): void {
    if (this.isOver) return
    this.#line.close(code)
    this.gone()
  }

  silence(): void {
    this.#line.silence()
  }

  /** Closes the connection for an invalid packet, like a real server. */
  #packet(packet: Packet | undefined): void {
    if (!packet) this.close(1006)
    else if (packet.attachments > 0) this.#partial = { packet, attachments: [] }
    else this.#events.packet(packet)
  }

  #attach(value: unknown): void {
    const { packet, attachments = [] } = this.#partial ?? {}
    attachments.push(value)
    if (packet && attachments.length < packet.attachments) return
    this.#partial = undefined
    this.#packet(
      packet && {
        ...packet,
        type: packet.type === BINARY_EVENT ? EVENT : packet.type,
        data: withAttachments(packet.data, attachments),
        attachments: 0,
      },
    )
  }

  #pingLater(): void {
    const { clock, heartbeat } = this.#host
    if (!heartbeat.sends) return
    clock.clear(this.#timer)
    this.#timer = clock.set(() => {
      this.send("2")
      this.#timer = clock.set(() => this.close(1006), heartbeat.pingTimeout)
    }, heartbeat.pingInterval)
  }
}
