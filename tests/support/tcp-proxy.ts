// A TCP proxy in front of a server, which injects network faults:
//   silent      nothing passes, and neither side notices; at the end the affected connections are reset
//   half-open   clients lose their connections and may reconnect at once; the server notices only at the end
//   stalled     nothing passes; at the end everything is delivered
// Without a fault, each side sees what the other one sends, and its end.
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

export type NetworkFault = "silent" | "half-open" | "stalled"

interface Pair {
  client: Socket
  server: Socket
  /** Whether the end of one side is hidden from the other. */
  isCut: boolean
}

export class TcpProxy {
  /** The server's port for new connections. */
  target: number
  readonly #pairs = new Set<Pair>()
  readonly #listener: Server
  #isPaused = false

  private constructor(target: number) {
    this.target = target
    this.#listener = createServer((client) => this.#forward(client))
  }

  /** Starts a proxy in front of the port `target`. */
  static async open(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#listener.listen(0, "127.0.0.1")
    await once(proxy.#listener, "listening")
    return proxy
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  /** Starts a fault. Call the returned function to end it. */
  fail(kind: NetworkFault): () => void {
    const pairs = [...this.#pairs]
    for (const pair of pairs) {
      pair.isCut = kind !== "stalled"
      pair.server.pause()
      if (kind === "half-open") pair.client.destroy()
      else pair.client.pause()
    }
    this.#isPaused = kind !== "half-open"
    return () => {
      this.#isPaused = false
      for (const pair of kind === "half-open" ? pairs : this.#pairs) this.#restore(pair)
    }
  }

  close(): void {
    this.#listener.close()
    for (const { client, server } of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  #restore({ client, server, isCut }: Pair): void {
    for (const socket of [client, server]) {
      if (isCut) socket.resetAndDestroy()
      else socket.resume()
    }
  }

  #forward(client: Socket): void {
    const server = connect(this.target, "127.0.0.1")
    const pair: Pair = { client, server, isCut: false }
    this.#pairs.add(pair)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true)
      from.on("data", (chunk) => to.write(chunk))
      from.on("error", () => {})
      from.on("close", () => {
        if (!pair.isCut) to.destroySoon()
        if (client.destroyed && server.destroyed) this.#pairs.delete(pair)
      })
      if (this.#isPaused) from.pause()
    }
  }
}
