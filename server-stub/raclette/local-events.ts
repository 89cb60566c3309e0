// The events of one node alone: they are counted, and the last ones remembered, as they are sent.
import type { Server, Socket } from "socket.io"
import { counts } from "./commits"
import { type Audience, type Events, isFor, type Known, REMEMBERED } from "./recovery"

interface Packet {
  id?: number
  /** A name and arguments; behind them the adapter puts the offset. */
  data: unknown[]
}

interface LocalAdapter {
  broadcast(packet: Packet, opts: Audience): void
}

/** The events of the namespace `/`, if no other node has a part in them. */
export class LocalEvents implements Events {
  /** From a number on that no earlier process can have reached. */
  #commit = Date.now() * 1000
  #sent = 0
  /** The last of those that can be missed, and how many were sent before each. */
  readonly #last: { place: number; packet: Packet; opts: Audience }[] = []

  constructor(io: Server) {
    const adapter = io.of("/").adapter as unknown as LocalAdapter
    const broadcast = adapter.broadcast.bind(adapter)
    adapter.broadcast = (packet, opts) => {
      if (counts(packet, opts.flags)) this.#commit++
      broadcast(packet, opts)
      if (packet.id === undefined) this.#last.push({ place: this.#sent++, packet, opts })
      if (this.#last.length > REMEMBERED) this.#last.shift()
    }
  }

  get commit(): number {
    return this.#commit
  }

  async mark(): Promise<string> {
    return String(this.#sent)
  }

  rest(socket: Socket, { mark, packets }: Known): unknown[][] | undefined {
    if (this.#sent - Number(mark) > REMEMBERED) return undefined
    const offsets = new Set(packets.map((packet) => packet.at(-1)))
    return this.#last
      .filter(({ place, packet, opts }) => {
        return place >= Number(mark) && !offsets.has(packet.data.at(-1)) && isFor(socket, opts)
      })
      .map(({ packet }) => packet.data)
  }

  greet(socket: Socket, name: string, payload: object): void {
    socket.emit(name, payload)
  }
}
