// The events of a single node. Each gets its commit number when it is sent, and the last ones are kept for restored
// sessions.
import type { Server, Socket } from "socket.io"
import { isCounted } from "./commits"
import { type BroadcastOptions, type Events, HISTORY_LENGTH, isRecipient, type RestoredState } from "./recovery"

interface Packet {
  id?: number
  /** Name, arguments, and at the end the offset that the adapter appends. */
  data: unknown[]
}

interface LocalAdapter {
  broadcast(packet: Packet, opts: BroadcastOptions): void
}

/** The events of the namespace `/` of a single node. */
export class LocalEvents implements Events {
  /** Starts at a number that no earlier process can have reached. */
  #commit = Date.now() * 1000
  #sent = 0
  /** The last events, each with the number of events sent before it. Packets with an ack id cannot be recovered. */
  readonly #history: { index: number; packet: Packet; opts: BroadcastOptions }[] = []

  constructor(io: Server) {
    const adapter = io.of("/").adapter as unknown as LocalAdapter
    const broadcast = adapter.broadcast.bind(adapter)
    adapter.broadcast = (packet, opts) => {
      if (isCounted(packet, opts.flags)) this.#commit++
      broadcast(packet, opts)
      if (packet.id === undefined) this.#history.push({ index: this.#sent++, packet, opts })
      if (this.#history.length > HISTORY_LENGTH) this.#history.shift()
    }
  }

  get commit(): number {
    return this.#commit
  }

  async position(): Promise<string> {
    return String(this.#sent)
  }

  missed(socket: Socket, { position, packets }: RestoredState): unknown[][] | undefined {
    if (this.#sent - Number(position) > HISTORY_LENGTH) return undefined
    const offsets = new Set(packets.map((packet) => packet.at(-1)))
    return this.#history
      .filter(({ index, packet, opts }) => {
        return index >= Number(position) && !offsets.has(packet.data.at(-1)) && isRecipient(socket, opts)
      })
      .map(({ packet }) => packet.data)
  }

  emitWithOffset(socket: Socket, name: string, payload: object): void {
    socket.emit(name, payload)
  }
}
