// A line: what lies between a group of clients and the load balancer, and what networks do to it.
//   silent    nothing goes through, and neither side hears why; at the end the connections are reset
//   deaf      clients lose their connections and may come back at once; the server hears nothing of it until the end
//   stalled   nothing goes through, and at the end all goes on
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

export type LineFault = "silent" | "deaf" | "stalled"

interface Pair {
  client: Socket
  server: Socket
  /** Whether what happens to one side is kept from the other. */
  isCut: boolean
}

export class Line {
  readonly #target: number
  readonly #pairs = new Set<Pair>()
  readonly #listener: Server
  #isHeld = false

  private constructor(target: number) {
    this.#target = target
    this.#listener = createServer((client) => this.#take(client))
  }

  /** A line to the server at port `target`. */
  static async open(target: number): Promise<Line> {
    const line = new Line(target)
    line.#listener.listen(0, "127.0.0.1")
    await once(line.#listener, "listening")
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}/`
  }

  /** Begins a fault. What it returns ends it. */
  fail(kind: LineFault): () => void {
    const pairs = [...this.#pairs]
    for (const pair of pairs) {
      pair.isCut = kind !== "stalled"
      pair.server.pause()
      if (kind === "deaf") pair.client.destroy()
      else pair.client.pause()
    }
    this.#isHeld = kind !== "deaf"
    return () => {
      this.#isHeld = false
      for (const pair of kind === "deaf" ? pairs : this.#pairs) this.#mend(pair)
    }
  }

  close(): void {
    this.#listener.close()
    for (const { client, server } of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  #mend({ client, server, isCut }: Pair): void {
    for (const socket of [client, server]) {
      if (isCut) socket.resetAndDestroy()
      else socket.resume()
    }
  }

  #take(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1")
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
      if (this.#isHeld) from.pause()
    }
  }
}
